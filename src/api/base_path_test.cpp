#include "api/base_path.hpp"

#include <gtest/gtest.h>

namespace davylamp::api {
namespace {

RequestTarget without_base(std::string_view text, std::string_view base_path) {
  auto target = base::value_or_throw(parse_target(text));
  take_off_base(target, base_path);
  return target;
}

}  // namespace

TEST(BasePath, IsTakenOffPathAndSegments) {
  const auto target = without_base("/a/b/api/v1/users/x%2Fy?q=1", "/a/b");
  EXPECT_EQ(target.path, "/api/v1/users/x/y");
  EXPECT_EQ(target.segments, (std::vector<std::string>{"api", "v1", "users", "x/y"}));
  EXPECT_EQ(without_base("/a/b/", "/a/b").path, "/");
}

TEST(BasePath, WhatIsNotBelowItStays) {
  for (const auto* const path : {"/a", "/a/b", "/a/bc/d", "/A/b/c", "/x/a/b/c", "/a%2Fb/c", "/"}) {
    const auto before = base::value_or_throw(parse_target(path));
    EXPECT_EQ(without_base(path, "/a/b"), before) << path;
  }
  EXPECT_EQ(without_base("/a/b/c", "").path, "/a/b/c");
}

TEST(PageBase, IsTheFirstThingInTheHeadInPlaceOfTheBuilds) {
  EXPECT_EQ(with_page_base("<html><head><meta><base href=\"/\" /><link></head>", "/davylamp"),
            "<html><head><base href=\"/davylamp/\"><meta><link></head>");
  EXPECT_EQ(with_page_base("<head></head>", ""), "<head><base href=\"/\"></head>");
  EXPECT_EQ(with_page_base("no head", "/davylamp"), "no head");
}

TEST(PageBase, CannotLeaveItsAttribute) {
  EXPECT_EQ(with_page_base("<head>", "/\"><script>&"), "<head><base href=\"/&quot;&gt;&lt;script&gt;&amp;/\">");
}

}  // namespace davylamp::api
