// SPDX-License-Identifier: Apache-2.0
// Folders of weights: shards, indices and everything that can be wrong with them.
#include "inference/weights/checkpoint.h"

#include <cmath>
#include <string>

#include "tests/weights/weights_folder.h"

namespace {

using inference::Checkpoint;
using inference::ErrorCode;
using inference::Placement;
using tests::expect_refused;

class CheckpointTest : public tests::WeightsFolder {
protected:
    /// Two shards and their index.
    void write_shards() {
        write("model-1.safetensors", {{"a", a_}, {"b", b_}});
        write("model-2.safetensors", {{"c", c_}});
        write_index(R"("a": "model-1.safetensors", "b": "model-1.safetensors", "c": "model-2.safetensors")");
    }
    void write_index(const std::string& weight_map) {
        write("model.safetensors.index.json", R"({"metadata": {"total_size": 1}, "weight_map": {)" + weight_map + "}}");
    }
    Checkpoint open() const { return Checkpoint(folder_, "model"); }
    std::string index() const { return path("model.safetensors.index.json"); }

    const torch::Tensor a_ = torch::randn({3, 4}), b_ = torch::randn({5}).to(torch::kFloat16), c_ = torch::randn({2, 2}).to(torch::kBFloat16);
};

TEST_F(CheckpointTest, shardsAndASingleFileHoldTheSameTensors) {
    write_shards();
    const auto sharded = open();
    EXPECT_EQ(sharded.names(), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(sharded.paths().size(), 2u);
    EXPECT_TRUE(at::equal(sharded.load("b", {5}, Placement{}), b_.to(torch::kFloat32)));
    EXPECT_TRUE(at::equal(sharded.load("a", {3, 4}, Placement{torch::kCPU, torch::kBFloat16}), a_.to(torch::kBFloat16)));
    std::filesystem::remove(index());
    write("model.safetensors", {{"a", a_}, {"b", b_}, {"c", c_}});
    const auto single = open();
    EXPECT_EQ(single.paths(), std::vector<std::string>{path("model.safetensors")});
    for (const auto& name : {"a", "b", "c"}) {
        const auto shape = single.entry(name).shape;
        EXPECT_TRUE(at::equal(single.load(name, shape, Placement{}), sharded.load(name, shape, Placement{})));
    }
}

TEST_F(CheckpointTest, tensorsLoadIntoRowsOfALargerMatrix) {
    write_shards();
    auto stacked = torch::zeros({5, 4});
    open().load_into("a", stacked.narrow(0, 1, 3));
    EXPECT_TRUE(at::equal(stacked.narrow(0, 1, 3), a_));
    EXPECT_EQ(stacked[0].abs().sum().item<float>(), 0.0f);
}

TEST_F(CheckpointTest, folderWithoutWeightsNamesTheFile) {
    expect_refused([&] { open(); }, ErrorCode::model_not_found, {path("model.safetensors")});
}

TEST_F(CheckpointTest, missingShardIsNamedWithItsIndex) {
    write_shards();
    std::filesystem::remove(path("model-2.safetensors"));
    expect_refused([&] { open(); }, ErrorCode::model_not_found, {index(), "weight_map", "model-2.safetensors"});
}

TEST_F(CheckpointTest, indexThatNamesATensorNobodyHoldsIsRefused) {
    write_shards();
    write_index(R"("a": "model-1.safetensors", "b": "model-1.safetensors", "c": "model-2.safetensors", "d": "model-2.safetensors")");
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "\"d\"", "model-2.safetensors"});
}

TEST_F(CheckpointTest, shardWithATensorThatTheIndexDoesNotNameIsRefused) {
    write_shards();
    write_index(R"("a": "model-1.safetensors", "c": "model-2.safetensors")");
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {path("model-1.safetensors"), "\"b\"", "not in the index"});
}

TEST_F(CheckpointTest, tensorInTwoShardsIsNamed) {
    write_shards();
    write("model-2.safetensors", {{"c", c_}, {"a", a_}});
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {path("model-2.safetensors"), "\"a\"", "model-1.safetensors"});
}

TEST_F(CheckpointTest, tensorThatTheIndexNamesTwiceIsNamed) {
    write_shards();
    write_index(R"("a": "model-1.safetensors", "b": "model-1.safetensors", "c": "model-2.safetensors", "a": "model-2.safetensors")");
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "\"a\"", "twice"});
}

TEST_F(CheckpointTest, indexCannotLeaveItsFolder) {
    for (const std::string shard : {"../other.safetensors", "/etc/passwd", "..", ".", "", "a\\u0000b"}) {
        write_index("\"a\": \"" + shard + "\"");
        expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "weight_map"});
    }
}

TEST_F(CheckpointTest, malformedIndicesNameTheField) {
    write("model.safetensors.index.json", std::string("{}"));
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "weight_map", "missing"});
    write_index("");
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "weight_map", "empty"});
    write_index("\"a\": 7");
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "weight_map"});
    write("model.safetensors.index.json", std::string("{\"weight_map\": "));
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "not JSON"});
    write("model.safetensors.index.json", std::string(5 << 20, ' '));
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "bytes"});
    std::string many;
    for (int i = 0; i < 600; ++i) {
        const auto number = std::to_string(i);
        many.append(i > 0 ? ", \"t" : "\"t").append(number).append("\": \"").append(number).append("\"");
    }
    write_index(many);
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {index(), "512"});
}

TEST_F(CheckpointTest, shapesOtherThanTheConfigsAreNamedWithBoth) {
    write_shards();
    const auto weights = open();
    expect_refused(
        [&] {
            weights.load("a", {4, 3}, Placement{});
        },
        ErrorCode::corrupt_file, {path("model-1.safetensors"), "\"a\"", "[3, 4]", "[4, 3]"});
    expect_refused([&] { weights.load("x", {1}, Placement{}); }, ErrorCode::corrupt_file, {folder_, "\"x\"", "missing"});
}

TEST_F(CheckpointTest, notANumberIsFoundWhenItsTensorIsLoaded) {
    auto bad = torch::randn({3, 4});
    bad[1][2] = std::nan("");
    write("model.safetensors", {{"a", bad}, {"b", b_}});
    const auto weights = open();
    EXPECT_NO_THROW(weights.load("b", {5}, Placement{}));
    expect_refused([&] { weights.load("a", {3, 4}, Placement{}); }, ErrorCode::corrupt_file, {path("model.safetensors"), "\"a\"", "NaN"});
}

TEST_F(CheckpointTest, loopsOfLinksAreNamedWhereverTheyAre) {
    std::filesystem::create_symlink("model.safetensors", path("model.safetensors"));
    expect_refused([&] { open(); }, ErrorCode::io, {path("model.safetensors")});
    std::filesystem::create_symlink("model.safetensors.index.json", index());
    expect_refused([&] { open(); }, ErrorCode::io, {index()});
    std::filesystem::remove(index());
    write_index(R"("a": "loop.safetensors")");
    std::filesystem::create_symlink("loop.safetensors", path("loop.safetensors"));
    expect_refused([&] { open(); }, ErrorCode::io, {path("loop.safetensors")});
}

TEST_F(CheckpointTest, linksToFilesElsewhereAreFollowed) {
    std::filesystem::create_directory(path("blobs"));
    write("blobs/0123", {{"a", a_}});
    std::filesystem::create_symlink("blobs/0123", path("model.safetensors"));
    EXPECT_TRUE(at::equal(open().load("a", {3, 4}, Placement{}), a_));
}

TEST_F(CheckpointTest, truncatedShardIsFoundOnOpeningOrReading) {
    write_shards();
    const auto size = std::filesystem::file_size(path("model-1.safetensors"));
    const auto weights = open();
    std::filesystem::resize_file(path("model-1.safetensors"), size - 4);
    expect_refused([&] { weights.load("b", {5}, Placement{}); }, ErrorCode::corrupt_file, {path("model-1.safetensors")});
    expect_refused([&] { open(); }, ErrorCode::corrupt_file, {path("model-1.safetensors"), "truncated"});
}

TEST_F(CheckpointTest, readingAheadChangesNothingWhateverIsNamed) {
    write("model.safetensors", {{"layers.1.q.weight", a_}, {"layers.1.norm.weight", b_}, {"layers.10.q.weight", c_}});
    const auto weights = open();
    for (const char* prefix : {"layers.1.", "layers.10.", "layers.2.", "", "zzz"}) weights.will_need(prefix);
    EXPECT_TRUE(at::equal(weights.load("layers.1.q.weight", {3, 4}, Placement{}), a_));
}

}  // namespace
