#ifndef CZLIB_H
#define CZLIB_H

// The system's zlib. Its macros that begin a stream are not functions, so Swift cannot call them.
#include <zlib.h>

#endif
