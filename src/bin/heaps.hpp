// How the programs that run for months use memory.
#pragma once

#include <malloc.h>

namespace davylamp {

// What one thread makes another frees: with a heap for every thread each would keep what the others could use.
inline void share_heaps() {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 2);
#endif
}

}  // namespace davylamp
