// Gives back what a C library made: std::unique_ptr<BIO, base::Release<BIO_free_all>>.
#pragma once

namespace davylamp::base {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* made) const {
    release(made);
  }
};

}  // namespace davylamp::base
