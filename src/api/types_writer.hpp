// The API's types, read off the described structs.
#pragma once

#include <string>
#include <vector>

namespace davylamp::api {

// One member of a type, as TypeScript spells it.
struct TypeMember {
  std::string name;
  bool optional = false;
  std::string type;  // "number", "string", "'open' | 'closed'", "Session[]", "Record<string, number>"
};

struct TypeDescription {
  std::string name;
  std::vector<TypeMember> members;
};

// Every type of the API, each after those it uses.
std::vector<TypeDescription> described_types();

// The text of web/src/api/types.gen.ts.
std::string typescript_types();

}  // namespace davylamp::api
