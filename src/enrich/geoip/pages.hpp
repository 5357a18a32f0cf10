// Memory that goes back to the system when it is given up, which the heap does not promise.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>

namespace davylamp::geoip {

struct Unmap {
  std::size_t bytes = 0;
  void operator()(void* pages) const { munmap(pages, bytes); }
};

template <class T>
using Pages = std::unique_ptr<T[], Unmap>;  // NOLINT(modernize-avoid-c-arrays)

// `count` of T, all bytes zero; they take memory only where they are written. Null when there is none.
template <class T>
Pages<T> new_pages(std::size_t count) {
  const auto bytes = count * sizeof(T);
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return Pages<T>(pages == MAP_FAILED ? nullptr : static_cast<T*>(pages), Unmap{bytes});
}

}  // namespace davylamp::geoip
