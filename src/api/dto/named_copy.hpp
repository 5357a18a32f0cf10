// A view of a described struct: every member of View from the member of `source` that is called so.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <string_view>

namespace davylamp::api {

template <class View, class Source>
View copy_named(const Source& source) {
  View view;
  boost::mp11::mp_for_each<boost::describe::describe_members<View, boost::describe::mod_public>>([&](auto to) {
    boost::mp11::mp_for_each<boost::describe::describe_members<Source, boost::describe::mod_public>>([&](auto from) {
      if constexpr (std::string_view(decltype(to)::name) == std::string_view(decltype(from)::name))
        view.*decltype(to)::pointer = source.*decltype(from)::pointer;
    });
  });
  return view;
}

}  // namespace davylamp::api
