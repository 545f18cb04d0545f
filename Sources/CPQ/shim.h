// What Swift may see of libpq.
#pragma once
#include <libpq-fe.h>
