// SPDX-License-Identifier: Apache-2.0
// The restricted pickle reader: what a dictionary of tensors needs, and nothing else.
#include "inference/import/state_dict_pickle.h"

#include <string>

#include "tests/weights/weights_folder.h"

namespace {

using inference::ErrorCode;
using inference::read_state_dict_pickle;
using tests::expect_refused;
using namespace std::string_literals;

std::string text(const std::string& value) {
    const auto size = static_cast<std::uint32_t>(value.size());
    return "X" + std::string(reinterpret_cast<const char*>(&size), 4) + value;
}
std::string global(const std::string& module, const std::string& name) { return "c" + module + "\n" + name + "\n"; }
std::string integer(std::int32_t value) { return "J" + std::string(reinterpret_cast<const char*>(&value), 4); }
std::string storage(const std::string& type, std::int32_t elements, const std::string& key = "0") {
    return "(" + text("storage") + global("torch", type) + text(key) + text("cpu") + integer(elements) + "tQ";
}
/// _rebuild_tensor_v2(storage, offset, (2, 3), (3, 1), False, OrderedDict())
std::string tensor(const std::string& data) {
    return global("torch._utils", "_rebuild_tensor_v2") + "(" + data + integer(0) + integer(2) + integer(3) + "\x86" + integer(3) + integer(1) +
        "\x86" + "\x89" + global("collections", "OrderedDict") + ")R" + "tR";
}
std::string dictionary(const std::string& items) { return "\x80\x02}(" + items + "u."; }

TEST(StateDictPickle, dictionaryOfTensorsIsRead) {
    const auto tensors = read_state_dict_pickle(
        dictionary(text("a") + tensor(storage("FloatStorage", 6)) + text("b") + tensor(storage("BFloat16Storage", 9, "1"))), "f");
    ASSERT_EQ(tensors.size(), 2u);
    EXPECT_EQ(tensors.at("a").dtype, torch::kFloat32);
    EXPECT_EQ(tensors.at("a").shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(tensors.at("a").strides, (std::vector<std::int64_t>{3, 1}));
    EXPECT_EQ(tensors.at("b").dtype, torch::kBFloat16);
    EXPECT_EQ(tensors.at("b").storage, "1");
    EXPECT_EQ(tensors.at("b").storage_elements, 9);
}

TEST(StateDictPickle, callablesOtherThanTheFewAreNamedAndNotCalled) {
    for (const auto& [module, name] :
         {std::pair{"os"s, "system"s}, {"builtins"s, "eval"s}, {"torch"s, "load"s}, {"torch"s, "LongStorage"s}, {"collections"s, "deque"s}}) {
        const auto pickle = "\x80\x02" + global(module, name) + text("echo") + "\x85R.";
        expect_refused([&] { read_state_dict_pickle(pickle, "evil.pt"); }, ErrorCode::unsupported_model, {"evil.pt", module + " " + name});
    }
}

TEST(StateDictPickle, opcodesOtherThanTheFewAreRefused) {
    for (const char opcode : {'i', 'o', '\x81', '\x92', '\x93', 'S', 'V', 'L', 'I', 'F', 'P', '\x82'}) {
        expect_refused([&] { read_state_dict_pickle("\x80\x02"s + opcode + "x\ny\n.", "evil.pt"); }, ErrorCode::unsupported_model,
                       {"evil.pt", "opcode"});
    }
    expect_refused([&] { read_state_dict_pickle("\x80\x04.", "f"); }, ErrorCode::unsupported_model, {"protocol 4"});
}

TEST(StateDictPickle, statesOfObjectsAreRefusedAndThatOfADictionaryIsIgnored) {
    expect_refused([&] { read_state_dict_pickle("\x80\x02" + text("x") + "}b.", "f"); }, ErrorCode::unsupported_model, {"state of an object"});
    const auto with_metadata =
        "\x80\x02" + global("collections", "OrderedDict") + ")R(" + text("a") + tensor(storage("HalfStorage", 6)) + "u}" + text("_metadata") + "Nsb.";
    EXPECT_EQ(read_state_dict_pickle(with_metadata, "f").size(), 1u);
}

TEST(StateDictPickle, valuesThatAreNoTensorsAreNamed) {
    expect_refused([&] { read_state_dict_pickle(dictionary(text("step") + integer(7)), "f"); }, ErrorCode::unsupported_model, {"\"step\""});
    expect_refused([&] { read_state_dict_pickle(dictionary(integer(1) + tensor(storage("FloatStorage", 6))), "f"); }, ErrorCode::unsupported_model,
                   {"key"});
    expect_refused([&] { read_state_dict_pickle("\x80\x02N.", "f"); }, ErrorCode::unsupported_model, {"no dictionary"});
    const auto twice = text("a") + tensor(storage("FloatStorage", 6));
    expect_refused([&] { read_state_dict_pickle(dictionary(twice + twice), "f"); }, ErrorCode::corrupt_file, {"\"a\"", "twice"});
}

TEST(StateDictPickle, malformedPicklesAreSentences) {
    const std::string broken[] = {"",
                                  "\x80",
                                  "\x80\x02",
                                  "}",
                                  "0.",
                                  "t.",
                                  "u.",
                                  "a.",
                                  "s.",
                                  "R.",
                                  "Q.",
                                  "b.",
                                  "q\x01.",
                                  "h\x01.",
                                  "(.",
                                  "X\xff\xff\xff\xff.",
                                  "cmodule\nname",
                                  "\x80\x02)\x85R.",
                                  "}(" + text("a") + "u.",
                                  "\x8a\x09"
                                  "123456789.",
                                  "(((((t0t0.",
                                  "NNR.",
                                  "NQ.",
                                  ")Q."};
    for (const auto& pickle : broken) {
        const auto error = tests::error_of([&] { read_state_dict_pickle(pickle, "f"); });
        EXPECT_TRUE(error.code == ErrorCode::corrupt_file || error.code == ErrorCode::unsupported_model) << error.detail;
    }
}

TEST(StateDictPickle, bombsAreBounded) {
    expect_refused([&] { read_state_dict_pickle("\x80\x02" + std::string(400'000, ')'), "f"); }, ErrorCode::corrupt_file, {"more values"});
    expect_refused([&] { read_state_dict_pickle("\x80\x02)" + std::string(400'000, '\x85'), "f"); }, ErrorCode::corrupt_file, {"more values"});
    EXPECT_NO_THROW(read_state_dict_pickle("\x80\x02)" + std::string(200'000, '\x85') + "0}.", "f"));  // deep, and gone without recursion
    // One list of pairs, copied into a dictionary over and over.
    std::string copies = "\x80\x02](";
    for (int i = 0; i < 50'000; ++i) copies += "NN\x86";
    copies += "eq\x01"
              "0" +
        global("collections", "OrderedDict") +
        "q\x02"
        "0";
    for (int i = 0; i < 100; ++i) copies += "h\x02h\x01\x85R0";
    expect_refused([&] { read_state_dict_pickle(copies + "}.", "f"); }, ErrorCode::corrupt_file, {"copies more values"});
    expect_refused([&] { read_state_dict_pickle(dictionary(text("a") + tensor(storage("FloatStorage", 6, std::string(300, 'k')))), "f"); },
                   ErrorCode::corrupt_file, {"too long"});
}

}  // namespace
