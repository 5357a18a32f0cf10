#include "bus/redis/reply.hpp"

#include <hiredis/hiredis.h>

#include <utility>

#include "base/result.hpp"
#include "base/text.hpp"

namespace davylamp::redis {
namespace {

// Where hiredis wants the value: in the list above it, or at the top.
Reply* place_for(const redisReadTask* task) {
  if (task->parent == nullptr) return std::make_unique<Reply>().release();
  auto* const above = static_cast<Reply*>(task->parent->obj);
  return &above->items.at(static_cast<std::size_t>(task->idx));
}

Reply::Kind kind_of(int type) {
  if (type == REDIS_REPLY_ERROR) return Reply::Kind::error;
  return type == REDIS_REPLY_STATUS ? Reply::Kind::status : Reply::Kind::text;
}

void* make_text(const redisReadTask* task, char* bytes, std::size_t size) {
  auto* const reply = place_for(task);
  reply->kind = kind_of(task->type);
  reply->text.assign(bytes, size);
  return reply;
}

void* make_list(const redisReadTask* task, int items) {
  const auto most = *static_cast<const std::size_t*>(task->privdata);
  if (items < 0 || static_cast<std::size_t>(items) > most) return nullptr;
  auto* const reply = place_for(task);
  reply->kind = Reply::Kind::list;
  reply->items.resize(static_cast<std::size_t>(items));
  return reply;
}

void* make_integer(const redisReadTask* task, long long value) {
  auto* const reply = place_for(task);
  reply->kind = Reply::Kind::integer;
  reply->integer = value;
  return reply;
}

void* make_nothing(const redisReadTask* task) {
  return place_for(task);
}

void take_away(void* reply) {
  const std::unique_ptr<Reply> taken(static_cast<Reply*>(reply));
}

// hiredis takes it without const and never writes to it.
redisReplyObjectFunctions functions() {
  return {make_text, make_list, make_integer, make_nothing, take_away};
}

}  // namespace

bool Reply::is_error(std::string_view word) const {
  return is_error() && text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
}

void append_command(std::string& out, const std::vector<std::string_view>& words) {
  std::vector<const char*> starts;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    starts.push_back(word.empty() ? "" : word.data());
    sizes.push_back(word.size());
  }
  char* made = nullptr;
  const int size = redisFormatCommandArgv(&made, static_cast<int>(words.size()), starts.data(), sizes.data());
  const std::unique_ptr<char, decltype(&redisFreeCommand)> command(made, &redisFreeCommand);
  if (size < 0) throw std::bad_alloc();
  out.append(made, static_cast<std::size_t>(size));
}

struct ReplyReader::Parser {
  explicit Parser(const Limits& wanted)
      : limits(wanted), made_by(functions()), reader(redisReaderCreateWithFunctions(&made_by), &redisReaderFree) {
    if (!reader) throw std::bad_alloc();
    reader->privdata = &limits.most_items;
  }
  [[noreturn]] void refuse(const std::string& why) const {
    throw base::Failure("hostile", "what Redis says cannot be read: " + base::printable(why) +
                                       "; is it Redis that answers at bus.url?");
  }
  Limits limits;
  redisReplyObjectFunctions made_by;
  std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader;
};

ReplyReader::ReplyReader(const Limits& limits) : parser_(std::make_unique<Parser>(limits)) {}
ReplyReader::~ReplyReader() = default;

void ReplyReader::feed(std::string_view bytes) {
  auto& reader = *parser_->reader;
  if (reader.len - reader.pos + bytes.size() > parser_->limits.most_bytes) parser_->refuse("a reply is too large");
  if (redisReaderFeed(&reader, bytes.data(), bytes.size()) != REDIS_OK) parser_->refuse(reader.errstr);
}

std::optional<Reply> ReplyReader::next() {
  void* made = nullptr;
  if (redisReaderGetReply(parser_->reader.get(), &made) != REDIS_OK) parser_->refuse(parser_->reader->errstr);
  if (made == nullptr) return std::nullopt;
  const std::unique_ptr<Reply> reply(static_cast<Reply*>(made));
  return std::move(*reply);
}

}  // namespace davylamp::redis
