// TLS as browsers of today expect it: 1.2 and 1.3, no renegotiation, no compression.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include "api/server.hpp"

namespace davylamp::api {

// Throws Failure that names the file which is missing, unreadable or does not fit the other.
boost::asio::ssl::context make_tls_context(const TlsFiles& files);

}  // namespace davylamp::api
