// What charon and swanctl say, in any bytes: a message that was read says the same when it is written and read again,
// frames lie within the stream, the book of any rows keeps its promises.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "app/decode/decode_vici.hpp"
#include "sources/ipsec/book_file.hpp"
#include "sources/ipsec/security_association.hpp"
#include "sources/ipsec/session_book.hpp"
#include "sources/ipsec/swanctl_text.hpp"
#include "sources/ipsec/vici_message.hpp"

namespace {

using namespace davylamp;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_message(std::string_view body) {
  const auto message = ipsec::read_message(body);
  if (!message) return;
  require(ipsec::to_message(*message) == body);
  ipsec::read_report(*message);
}

// Every packet of the stream is one thing that happens, in its order.
void check_book(std::string_view stream) {
  ipsec::SessionBook book;
  base::Time now{base::Seconds{1'700'000'000}};
  book.begin_epoch("1-1", now);
  while (true) {
    const auto framed = ipsec::next_packet(stream);
    if (framed.broken || framed.taken == 0) break;
    require(framed.taken <= stream.size());
    stream.remove_prefix(framed.taken);
    const auto packet = ipsec::read_packet(framed.packet);
    const auto message = packet ? ipsec::read_message(packet->body) : std::nullopt;
    if (!message) continue;
    const auto report = ipsec::read_report(*message);
    now += base::Seconds{1};
    if (packet->name == "list-sa") {
      book.begin_listing(true);
      for (const auto& ike : report.ikes) book.row(ike, now);
      book.finish_listing(now);
    }
    if (packet->name == "ike-updown") book.ike_changed(report, now);
    if (packet->name == "child-updown") book.child_changed(report, now);
    if (packet->name == "child-rekey") book.child_rekeyed(report, now);
    if (packet->name == "ike-rekey") book.ike_rekeyed(report, now);
  }
  const auto kept = ipsec::read_book(ipsec::to_text(book.record()));
  require(kept && *kept == book.record());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_message(text);
  check_book(text);
  std::ostringstream out;
  app::JsonLines lines(out);
  app::decode_vici(text, lines);
  std::vector<ipsec::PrintedProblem> problems;
  ipsec::read_list_sas(text, problems);
  ipsec::read_printed(text, problems);
  ipsec::read_pattern(text);
  if (const auto book = ipsec::read_book(text)) require(ipsec::read_book(ipsec::to_text(*book)) == *book);
  return 0;
}
