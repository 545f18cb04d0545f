// What Swift may see of libsystemd: the header, and typed wrappers for what Swift cannot call.
#pragma once
#include <systemd/sd-daemon.h>
