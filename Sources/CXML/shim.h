// What Swift may see of libxml2 and of the C library's charset conversion: the headers, and typed wrappers.
#pragma once
#include <iconv.h>
#include <libxml/HTMLparser.h>
#include <string.h>

typedef void (*malote_start_element)(void *context, const xmlChar *name, const xmlChar **attributes);
typedef void (*malote_end_element)(void *context, const xmlChar *name);
typedef void (*malote_characters)(void *context, const xmlChar *text, int length);

// SAX events only: no tree is ever built, so hostile nesting costs no memory.
static inline htmlParserCtxtPtr malote_html_push_parser(
    void *context, malote_start_element start, malote_end_element end, malote_characters text) {
    xmlSAXHandler handler;
    memset(&handler, 0, sizeof handler);
    handler.startElement = start;
    handler.endElement = end;
    handler.characters = text;
    handler.cdataBlock = text;
    handler.ignorableWhitespace = text;
    htmlParserCtxtPtr parser =
        htmlCreatePushParserCtxt(&handler, context, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (parser)
        htmlCtxtUseOptions(
            parser, HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_RECOVER
                        | HTML_PARSE_IGNORE_ENC);
    return parser;
}
