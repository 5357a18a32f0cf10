#include "store/memory/heartbeat_journal.hpp"

#include "contract/testing/heartbeat_journal_contract.hpp"

namespace davylamp::contract::testing {

const JournalFactory memory_journal{
    "memory", [] { return [rows = std::make_shared<memory::Heartbeats>()] { return memory::open_journal(rows); }; }};
INSTANTIATE_TEST_SUITE_P(Memory, HeartbeatJournalContract, ::testing::Values(memory_journal));

}  // namespace davylamp::contract::testing
