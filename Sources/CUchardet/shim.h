// What Swift may see of uchardet: octets in, the name of their likely charset out.
#pragma once
#include <uchardet.h>
