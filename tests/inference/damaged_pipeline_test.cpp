// SPDX-License-Identifier: Apache-2.0
// A pipeline directory whose files do not agree is refused with a sentence that names the file and what in it is wrong.
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "inference/synthetic/random_pipeline.h"
#include "inference/weights/safetensors.h"
#include "tests/inference/tiny_engine.h"

namespace {

namespace fs = std::filesystem;
using inference::ErrorCode;
using nlohmann::json;

const std::string index_name = "transformer/model.safetensors.index.json";

/// A fresh pipeline in shards for each test.
class DamagedPipeline : public testing::Test {
protected:
    DamagedPipeline() {
        inference::RandomPipelineOptions options;
        options.folder = folder_.file("pipeline");
        options.tokenizer_path = tests::tiny_tokenizer_path();
        options.preset = inference::PipelinePreset::tiny;
        options.max_shard_bytes = 60'000;
        const auto made = inference::make_random_pipeline(options, {}, {});
        EXPECT_TRUE(made) << made.error().detail;
    }
    std::string path(const std::string& name) const { return folder_.file("pipeline/" + name); }
    json read(const std::string& name) const { return json::parse(std::ifstream(path(name))); }
    void write(const std::string& name, const json& contents) const { std::ofstream(path(name)) << contents; }
    void edit(const std::string& name, const std::function<void(json&)>& change) const {
        auto contents = read(name);
        change(contents);
        write(name, contents);
    }
    std::string shard_of(const std::string& tensor) const { return "transformer/" + read(index_name)["weight_map"][tensor].get<std::string>(); }
    /// Rewrites one file's tensors.
    void edit_tensors(const std::string& name, const std::function<void(std::map<std::string, torch::Tensor>&)>& change) const {
        std::map<std::string, torch::Tensor> tensors;
        {
            const inference::SafetensorsFile file(path(name));
            for (const auto& [tensor, entry] : file.entries()) tensors[tensor] = file.read(tensor);
        }
        change(tensors);
        inference::write_safetensors(path(name), tensors);
    }
    void expect_refused(ErrorCode code, const std::vector<std::string>& words) const {
        const auto opened = tests::open_engine(tests::tiny_config(folder_.path()));
        ASSERT_FALSE(opened);
        const auto& error = opened.error();
        EXPECT_EQ(error.code, code) << error.detail;
        for (const auto& word : words) EXPECT_NE(error.detail.find(word), std::string::npos) << "\"" << word << "\" is not in: " << error.detail;
    }

    const tests::TemporaryFolder folder_;
    const std::string tensor_ = "dit.layers.1.mlp.up_proj.weight";
};

TEST_F(DamagedPipeline, withoutOneOfItsShards) {
    const auto shard = shard_of(tensor_);
    fs::remove(path(shard));
    expect_refused(ErrorCode::model_not_found, {index_name, "weight_map", fs::path(shard).filename()});
}

TEST_F(DamagedPipeline, whoseIndexNamesAnotherShard) {
    edit(index_name, [&](json& index) {
        auto& map = index["weight_map"];
        map[tensor_] = map["dit.proj_out.bias"] == map[tensor_] ? map["llm.embed_tokens.weight"] : map["dit.proj_out.bias"];
    });
    expect_refused(ErrorCode::corrupt_file, {tensor_, "as the index says"});
}

TEST_F(DamagedPipeline, withATensorInTwoShards) {
    const auto other = shard_of("dit.proj_out.bias");
    ASSERT_NE(other, shard_of(tensor_));
    edit_tensors(other, [&](auto& tensors) { tensors[tensor_] = torch::zeros({48, 32}); });
    expect_refused(ErrorCode::corrupt_file, {other, tensor_});
}

TEST_F(DamagedPipeline, whoseTensorHasNotTheShapeOfTheConfig) {
    edit("transformer/config.json", [](json& config) { config["dit_intermediate_size"] = 64; });
    expect_refused(ErrorCode::corrupt_file, {"transformer/model-", "mlp.gate_proj.weight", "[48, 32]", "[64, 32]"});
}

TEST_F(DamagedPipeline, withANumberThatIsNone) {
    const std::string autoencoder = "vae/diffusion_pytorch_model.safetensors.index.json", bias = "decoder.conv_out.bias";
    const auto decoder = "vae/" + read(autoencoder)["weight_map"][bias].get<std::string>();
    edit_tensors(decoder, [&](auto& tensors) { tensors[bias][0] = std::numeric_limits<float>::infinity(); });
    expect_refused(ErrorCode::corrupt_file, {decoder, bias, "not finite"});
    const auto shard = shard_of(tensor_);
    edit_tensors(shard, [&](auto& tensors) { tensors[tensor_][5][7] = std::numeric_limits<float>::quiet_NaN(); });
    expect_refused(ErrorCode::corrupt_file, {shard, tensor_, "NaN"});
}

TEST_F(DamagedPipeline, ofAnUnknownClass) {
    edit("model_index.json", [](json& index) { index["_class_name"] = "StableDiffusion3Pipeline"; });
    expect_refused(ErrorCode::unsupported_model, {"model_index.json", "_class_name", "StableDiffusion3Pipeline"});
}

TEST_F(DamagedPipeline, whoseLinksGoRoundInACircle) {
    for (const std::string& file :
         std::vector<std::string>{"model_index.json", "vae/config.json", "transformer/config.json", "tokenizer/tokenizer.model",
                                  "vae/diffusion_pytorch_model.safetensors.index.json", index_name, shard_of(tensor_)}) {
        fs::rename(path(file), path("aside"));
        fs::create_symlink(fs::path(file).filename(), path(file));
        expect_refused(ErrorCode::io, {file});
        fs::rename(path("aside"), path(file));
    }
    fs::rename(folder_.file("pipeline"), folder_.file("moved"));
    fs::create_directory_symlink("pipeline", folder_.file("pipeline"));
    expect_refused(ErrorCode::io, {folder_.file("pipeline")});
}

TEST_F(DamagedPipeline, thatIsStillBeingCopied) {
    // As copying programs do it: the file is there under its name, and shorter than its header says.
    const auto shard = shard_of(tensor_);
    fs::resize_file(path(shard), fs::file_size(path(shard)) - 100);
    expect_refused(ErrorCode::corrupt_file, {shard});
    fs::resize_file(path(shard), 0);
    expect_refused(ErrorCode::corrupt_file, {shard, "empty"});
}

TEST_F(DamagedPipeline, thatChangesWhileItIsRead) {
    const auto shard = path(shard_of(tensor_));
    bool touched = false;
    const auto opened = inference::make_local_engine(tests::tiny_config(folder_.path()),
                                                     [&](const inference::LoadProgress& progress) {
                                                         if (progress.fraction < 0.06 || touched) return;  // the files are open
                                                         touched = true;
                                                         std::ofstream(shard, std::ios::app) << "more";
                                                     },
                                                     {});
    ASSERT_TRUE(touched);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt_file);
    EXPECT_NE(opened.error().detail.find("changed while it was read"), std::string::npos) << opened.error().detail;
}

}  // namespace
