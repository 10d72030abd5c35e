#ifndef CZLIB_H
#define CZLIB_H

// The system's zlib. Its macros that begin a stream are no functions, which Swift could call.
#include <zlib.h>

#endif
