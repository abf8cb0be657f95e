// SPDX-License-Identifier: Apache-2.0
// The CLIP text model on weights that follow from a formula; the numbers are those of transformers 4.43.3.
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>
#include <c10/util/accumulate.h>
#include <torch/types.h>

#include "inference/core/exception.h"
#include "inference/model/clip_text_model.h"
#include "inference/weights/safetensors.h"
#include "tests/support/temporary_folder.h"

namespace {

using torch::Tensor;

constexpr std::int64_t width = 16, mlp_width = 24, projection = 12;

inference::ClipTextConfig small_config() {
    inference::ClipTextConfig config;
    config.vocab_size = 30;
    config.hidden_size = width;
    config.intermediate_size = mlp_width;
    config.projection_dim = projection;
    config.num_hidden_layers = 2;
    config.num_attention_heads = 2;
    config.max_position_embeddings = 10;
    config.eos_token_id = 29;
    return config;
}

/// Parameter t in the order of the names holds A sin(0.37 (i + 1) + 1.3 t) at flat index i, norm weights 1 more.
std::map<std::string, Tensor> sine_weights() {
    std::map<std::string, std::vector<std::int64_t>> shapes = {{"text_model.embeddings.token_embedding.weight", {30, width}},
                                                               {"text_model.embeddings.position_embedding.weight", {10, width}},
                                                               {"text_model.final_layer_norm.weight", {width}},
                                                               {"text_model.final_layer_norm.bias", {width}},
                                                               {"text_projection.weight", {projection, width}}};
    const auto add = [&](const std::string& name, std::int64_t out, std::int64_t in) {
        shapes[name + ".weight"] = in == 0 ? std::vector{out} : std::vector{out, in};
        shapes[name + ".bias"] = {out};
    };
    for (const auto* layer : {"text_model.encoder.layers.0.", "text_model.encoder.layers.1."}) {
        for (const auto* part : {"q_proj", "k_proj", "v_proj", "out_proj"}) add(layer + std::string("self_attn.") + part, width, width);
        add(layer + std::string("layer_norm1"), width, 0);
        add(layer + std::string("layer_norm2"), width, 0);
        add(layer + std::string("mlp.fc1"), mlp_width, width);
        add(layer + std::string("mlp.fc2"), width, mlp_width);
    }
    std::map<std::string, Tensor> weights;
    for (const auto& [name, shape] : shapes) {
        const auto i = at::arange(1, c10::multiply_integers(shape) + 1, torch::kFloat64);
        const auto sine = ((i * 0.37 + 1.3 * static_cast<double>(weights.size())).sin() * (shape.size() >= 2 ? 0.25 : 0.1)).to(torch::kFloat32);
        const bool norm_weight = name.find("layer_norm") != std::string::npos && name.ends_with("weight");
        weights[name] = (norm_weight ? sine + 1 : sine).view(shape);
    }
    return weights;
}

class ClipText : public testing::Test {
protected:
    Tensor embed(const inference::ClipTextConfig& config, const std::vector<int>& ids) {
        inference::write_safetensors(folder_.file("model.safetensors"), weights_);
        return inference::ClipTextModel(config, inference::Checkpoint(folder_.path(), "model"), {}).embed(ids);
    }
    static void expect_numbers(const Tensor& embed, const std::vector<float>& expected) {
        ASSERT_EQ(embed.sizes(), at::IntArrayRef({projection}));
        for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(embed[static_cast<std::int64_t>(i)].item<float>(), expected[i], 2e-5) << i;
    }

    std::map<std::string, Tensor> weights_ = sine_weights();

private:
    const at::NoGradGuard no_grad_;
    const tests::TemporaryFolder folder_;
};

TEST_F(ClipText, embedsAsTheReferenceDoes) {
    EXPECT_EQ(weights_.size(), 37u);
    expect_numbers(
        embed(small_config(), {28, 3, 7, 1, 29, 29, 29}),
        {-1.873556f, -2.139795f, -2.126876f, -1.836484f, -1.306505f, -0.606079f, 0.173416f, 0.930287f, 1.565793f, 1.997026f, 2.167726f, 2.055625f});
    expect_numbers(embed(small_config(), {28, 3, 2, 1, 29, 29, 29}), {-1.806653f, -2.140796f, -2.19565f});
}

TEST_F(ClipText, takesTheActivationFromTheConfig) {
    auto config = small_config();
    config.activation = inference::ClipActivation::gelu;
    expect_numbers(embed(config, {28, 3, 7, 1, 29, 29, 29}), {-1.874575f, -2.14024f, -2.126689f});
}

TEST_F(ClipText, anOlderExportPoolsAtTheLargestId) {
    auto config = small_config();
    config.eos_token_id = 2;
    expect_numbers(embed(config, {28, 3, 2, 1, 29, 29, 29}), {-1.806653f, -2.140796f, -2.19565f});
}

TEST_F(ClipText, anIdOutsideTheVocabularyIsRefused) { EXPECT_THROW(embed(small_config(), {28, 30, 29}), inference::Exception); }

TEST_F(ClipText, aMissingTensorIsNamed) {
    weights_.erase("text_model.encoder.layers.1.mlp.fc2.bias");
    try {
        embed(small_config(), {28, 29});
        ADD_FAILURE() << "accepted";
    } catch (const inference::Exception& error) {
        EXPECT_EQ(error.error().code, inference::ErrorCode::corrupt_file);
        EXPECT_NE(error.error().detail.find("layers.1.mlp.fc2.bias"), std::string::npos);
    }
}

}  // namespace
