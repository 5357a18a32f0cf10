// The coroutine type of the I/O edge.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace davylamp::io {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace davylamp::io
