// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/checkpoint.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "inference/weights/safetensors.h"
#include "tests/inference/refusal.h"
#include "tests/support/temporary_folder.h"

namespace {

using inference::ErrorCode;
using inference::Placement;
using tests::expect_refusal;

class Checkpoint : public testing::Test {
protected:
    /// Two shards with the tensors a (2, 3) and b (4), and this index over them.
    void write_shards(const std::string& index) const {
        inference::write_safetensors(folder_.file("model-00001-of-00002.safetensors"), {{"a", torch::full({2, 3}, 1.0)}});
        inference::write_safetensors(folder_.file("model-00002-of-00002.safetensors"), {{"b", torch::full({4}, 2.0)}});
        folder_.write("model.safetensors.index.json", index);
    }
    static std::string index(const std::string& a, const std::string& b) {
        return R"({"metadata":{"total_size":40},"weight_map":{"a":")" + a + R"(","b":")" + b + R"("}})";
    }
    inference::Checkpoint open() const { return inference::Checkpoint(folder_.path(), "model"); }

    static constexpr const char* first = "model-00001-of-00002.safetensors";
    static constexpr const char* second = "model-00002-of-00002.safetensors";
    tests::TemporaryFolder folder_;
};

TEST_F(Checkpoint, readsASingleFile) {
    inference::write_safetensors(folder_.file("model.safetensors"), {{"a", torch::ones({2})}});
    const auto checkpoint = open();
    EXPECT_TRUE(checkpoint.has("a"));
    EXPECT_FALSE(checkpoint.has("b"));
    EXPECT_EQ(checkpoint.paths(), (std::vector<std::string>{folder_.file("model.safetensors")}));
}

TEST_F(Checkpoint, readsShardsThroughTheirIndex) {
    write_shards(index(first, second));
    const auto checkpoint = open();
    EXPECT_EQ(checkpoint.load("a", {2, 3}, inference::Placement{}).sum().item<float>(), 6.0f);
    EXPECT_EQ(checkpoint.load("b", {4}, inference::Placement{}).sum().item<float>(), 8.0f);
    EXPECT_EQ(checkpoint.paths(), (std::vector<std::string>{folder_.file(first), folder_.file(second)}));
}

TEST_F(Checkpoint, convertsToThePlacementsFormat) {
    for (const auto stored : {torch::kFloat32, torch::kFloat16, torch::kBFloat16}) {
        inference::write_safetensors(folder_.file("model.safetensors"), {{"a", torch::full({2}, 1.5).to(stored)}});
        for (const auto wanted : {torch::kFloat32, torch::kBFloat16}) {
            const auto tensor = open().load("a", {2}, Placement{torch::kCPU, wanted});
            EXPECT_EQ(tensor.scalar_type(), wanted);
            EXPECT_EQ(tensor.sum().item<float>(), 3.0f);
        }
    }
}

TEST_F(Checkpoint, refusesAFolderWithoutWeights) {
    expect_refusal(
        ErrorCode::model_not_found, [&] { open(); }, "model.safetensors");
}

TEST_F(Checkpoint, namesAMissingTensorAndAWrongShape) {
    write_shards(index(first, second));
    const auto checkpoint = open();
    expect_refusal(
        ErrorCode::corrupt_file, [&] { checkpoint.load("c", {1}, inference::Placement{}); }, "\"c\"", "missing");
    expect_refusal(
        ErrorCode::corrupt_file,
        [&] {
            checkpoint.load("a", {3, 2}, inference::Placement{});
        },
        "\"a\"", "[2, 3]", "[3, 2]", first);
    expect_refusal(
        ErrorCode::corrupt_file, [&] { checkpoint.load("a", {6}, inference::Placement{}); }, "\"a\"");
}

TEST_F(Checkpoint, namesAMissingShard) {
    write_shards(index(first, second));
    std::filesystem::remove(folder_.file(second));
    expect_refusal(
        ErrorCode::model_not_found, [&] { open(); }, second);
}

TEST_F(Checkpoint, refusesAnIndexThatItsShardsContradict) {
    write_shards(index(second, first));
    expect_refusal(
        ErrorCode::corrupt_file, [&] { open(); }, "index");
    write_shards(R"({"weight_map":{"a":"model-00001-of-00002.safetensors"}})");  // b's shard is never read, so b is absent
    EXPECT_FALSE(open().has("b"));
    write_shards(
        R"({"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors","c":"model-00002-of-00002.safetensors"}})");
    expect_refusal(
        ErrorCode::corrupt_file, [&] { open(); }, "\"c\"");
    inference::write_safetensors(folder_.file(second), {{"b", torch::ones({4})}, {"unlisted", torch::ones({1})}});
    folder_.write("model.safetensors.index.json", index(first, second));
    expect_refusal(
        ErrorCode::corrupt_file, [&] { open(); }, "\"unlisted\"");
}

TEST_F(Checkpoint, staysInsideItsFolder) {
    const tests::TemporaryFolder outside;
    inference::write_safetensors(outside.file("b.safetensors"), {{"b", torch::ones({4})}});
    const auto name = std::filesystem::path(outside.path()).filename().string();
    for (const std::string& shard : {outside.file("b.safetensors"), "../" + name + "/b.safetensors", std::string(".."), std::string("."),
                                     std::string(), std::string("sub/b.safetensors"), std::string("b\\u0000.safetensors")}) {
        write_shards(index(first, shard));
        expect_refusal(ErrorCode::corrupt_file, [&] { open(); });
    }
}

TEST_F(Checkpoint, refusesAnIndexOfAnotherForm) {
    for (const std::string text :
         {"{", "[]", "{}", R"({"weight_map":[]})", R"({"weight_map":{"a":1}})", R"({"weight_map":{"a":null}})", "\xff\xfe"}) {
        write_shards(text);
        expect_refusal(
            ErrorCode::corrupt_file, [&] { open(); }, "index.json");
    }
}

}  // namespace
