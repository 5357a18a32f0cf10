# Writes a .cpp that holds schema.sql and all migrations of this folder as text: for store/ENGINE/migrations.hpp.
function(davy_embed_sql engine output)
  file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/*.sql)
  list(SORT migrations)
  set(rows "")
  foreach(path IN LISTS migrations)
    get_filename_component(name ${path} NAME_WE)
    string(REGEX MATCH "^([0-9]+)_(.+)$" matched ${name})
    string(REGEX REPLACE "^0+" "" number ${CMAKE_MATCH_1})
    set(title ${CMAKE_MATCH_2})
    file(READ ${path} sql)
    string(APPEND rows "    {${number}, \"${title}\", R\"sql(${sql})sql\"},\n")
  endforeach()
  file(READ ${CMAKE_CURRENT_SOURCE_DIR}/schema.sql schema)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${migrations} ${CMAKE_CURRENT_SOURCE_DIR}/schema.sql)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
#include "store/@engine@/migrations.hpp"

namespace davylamp::@engine@ {
namespace {
constexpr Migration migrations[] = {
@rows@};
constexpr std::string_view schema = R"sql(@schema@)sql";
}  // namespace

std::span<const Migration> embedded_migrations() { return migrations; }
std::string_view embedded_schema() { return schema; }

}  // namespace davylamp::@engine@
]])
endfunction()
