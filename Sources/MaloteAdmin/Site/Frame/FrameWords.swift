// The words of what is around every page, and of signing in; knows no page.

struct FrameWords: PageWords {
    var overview, mailboxes, contracts, flows, templates: String
    var tickets, messages, queue, quarantine, events, charts, access: String
    /// Headings of the parts of the menu.
    var watch, registry, mail: String
    var menu, skip, signOut, signedInAs, language: String
    var signIn, token, tokenHint, wrongToken, tooOften, signedOut, signInHint: String
    var notFound, notFoundText, noEntry, trouble, troubleText, stale, back: String
    var none, yes, no, save, cancel, delete, edit, search, filter, all, more, errorsHeading, optional: String
    /// `{n}` stands for the number.
    var seconds, minutes, hours, days, ago, ahead, never: String

    static let english = FrameWords(
        overview: "Overview", mailboxes: "Mailboxes", contracts: "Contracts", flows: "Flows", templates: "Templates",
        tickets: "Tickets", messages: "Messages", queue: "Queue", quarantine: "Quarantine", events: "Events",
        charts: "Charts", access: "Access",
        watch: "Watch", registry: "Registry", mail: "Mail",
        menu: "Main menu", skip: "Skip to content", signOut: "Sign out", signedInAs: "Signed in as",
        language: "Language",
        signIn: "Sign in", token: "Access token",
        tokenHint: "An administrator makes one with: malotectl token add --name YOU --role admin",
        wrongToken: "This token is not valid, or not any more.",
        tooOften: "Too many tokens that are not valid came from your address. Please wait a minute.",
        signedOut: "You are signed out.", signInHint: "Please sign in to go on.",
        notFound: "Not found", notFoundText: "There is nothing here, or not any more.",
        noEntry: "Not allowed", trouble: "That did not work",
        troubleText: "Nothing was changed.",
        stale: "This form was too old. Please look at it again and send it once more.",
        back: "Back",
        none: "none", yes: "yes", no: "no", save: "Save", cancel: "Cancel", delete: "Delete", edit: "Edit",
        search: "Search", filter: "Filter", all: "all", more: "Older",
        errorsHeading: "Please correct this:", optional: "optional",
        seconds: "{n} s", minutes: "{n} min", hours: "{n} h", days: "{n} d", ago: "{n} ago", ahead: "in {n}",
        never: "never")

    static let portuguese = FrameWords(
        overview: "Visão geral", mailboxes: "Caixas de e-mail", contracts: "Contratos", flows: "Fluxos",
        templates: "Modelos",
        tickets: "Chamados", messages: "Mensagens", queue: "Fila", quarantine: "Quarentena", events: "Eventos",
        charts: "Gráficos", access: "Acesso",
        watch: "Acompanhar", registry: "Cadastro", mail: "E-mail",
        menu: "Menu principal", skip: "Ir para o conteúdo", signOut: "Sair", signedInAs: "Conectado como",
        language: "Idioma",
        signIn: "Entrar", token: "Chave de acesso",
        tokenHint: "Um administrador cria uma com: malotectl token add --name VOCÊ --role admin",
        wrongToken: "Esta chave não é válida, ou não é mais.",
        tooOften: "Vieram do seu endereço chaves inválidas demais. Aguarde um minuto, por favor.",
        signedOut: "Você saiu.", signInHint: "Entre para continuar, por favor.",
        notFound: "Não encontrado", notFoundText: "Não há nada aqui, ou não há mais.",
        noEntry: "Não permitido", trouble: "Não funcionou",
        troubleText: "Nada foi alterado.",
        stale: "Este formulário era antigo demais. Confira e envie mais uma vez, por favor.", back: "Voltar",
        none: "nenhum", yes: "sim", no: "não", save: "Gravar", cancel: "Cancelar", delete: "Excluir", edit: "Editar",
        search: "Buscar", filter: "Filtrar", all: "todos", more: "Anteriores",
        errorsHeading: "Corrija, por favor:", optional: "opcional",
        seconds: "{n} s", minutes: "{n} min", hours: "{n} h", days: "{n} d", ago: "há {n}", ahead: "em {n}",
        never: "nunca")
}
