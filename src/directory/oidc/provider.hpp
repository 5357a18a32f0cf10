// An identity provider: OpenID Connect, authorization code with PKCE.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/directory.hpp"
#include "directory/group_map.hpp"
#include "io/http_client.hpp"

namespace davylamp::directory {

struct OidcOptions {
  std::string issuer;
  std::string client_id;
  std::string client_secret;  // empty: a public client
  std::string name_claim = "preferred_username";
  std::string groups_claim = "groups";
  std::optional<std::string> ca_file;
  std::vector<GroupRule> groups;
};

class OidcProvider final : public contract::SingleSignOn {
 public:
  explicit OidcProvider(OidcOptions options) : options_(std::move(options)) {}
  base::Result<std::string> start(const contract::SignOnStart& start) override;
  base::Result<contract::Person> finish(const contract::SignOnAnswer& answer) override;

 private:
  // Of the discovery document (OpenID Connect Discovery 1.0 section 4).
  struct Endpoints {
    std::string authorization;
    std::string token;
    std::string keys;
    bool secret_in_header = true;  // client_secret_basic, else client_secret_post
  };
  base::Result<Endpoints> endpoints();
  base::Result<std::string> redeem(const Endpoints& endpoints, const contract::SignOnAnswer& answer);
  base::Result<std::string> fetch(io::HttpRequest request, const std::string& what);

  OidcOptions options_;
  io::HttpClient client_;
  std::optional<Endpoints> endpoints_;  // fetched once
};

}  // namespace davylamp::directory
