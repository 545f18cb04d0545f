// What Swift may see of libyaml: the header, and typed wrappers for what Swift cannot call.
#pragma once
#include <yaml.h>
