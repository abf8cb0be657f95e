// SPDX-License-Identifier: Apache-2.0
// Text tower and fused transformer on the tiny model.
#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <ATen/core/grad_mode.h>

#include "inference/engine/loaded_model.h"
#include "tests/inference/refusal.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace {

using inference::ErrorCode;
using inference::LoadedModel;
using inference::Placement;
using inference::PromptState;
using torch::Tensor;

using Ids = std::vector<int>;
const Ids empty = {2}, apple = {2, 413, 299, 358}, longer = {2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 300};

LoadedModel load(const std::string& folder, torch::ScalarType dtype = torch::kFloat32) {
    return inference::load_model(inference::read_pipeline_config(folder + "/pipeline"), folder + "/text", Placement{torch::kCPU, dtype}, {}, {}, {});
}

void expect_near(const Tensor& a, const Tensor& b, double tolerance = 1e-5) {
    ASSERT_EQ(a.sizes(), b.sizes());
    EXPECT_LT((a - b).abs().max().item<double>(), tolerance * std::max(1.0, b.abs().max().item<double>()));
}

class TinyTransformer : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<tests::TemporaryFolder>();
        tests::TinyModel().write(folder_->path());
        model_ = std::make_unique<LoadedModel>(load(folder_->path()));
    }
    static void TearDownTestSuite() {
        model_.reset();
        folder_.reset();
    }
    static LoadedModel& model() { return *model_; }
    static std::string folder() { return folder_->path(); }
    static std::shared_ptr<const PromptState> state(const Ids& ids, const LoadedModel& of = *model_) {
        return std::make_shared<const PromptState>(of.text->encode({ids}, {})[0]);
    }
    static Tensor velocity(const std::vector<Ids>& prompts, const Tensor& latents) {
        std::vector<std::shared_ptr<const PromptState>> states;
        for (const auto& ids : prompts) states.push_back(state(ids));
        auto conditioning = model().transformer->prepare(states, latents.size(2), latents.size(3));
        return model().transformer->velocity(latents, conditioning);
    }
    static Tensor noise(std::int64_t batch, std::int64_t height = 8, std::int64_t width = 8) {
        at::manual_seed(3);
        return at::randn({batch, 4, height, width});
    }
    /// Writes the changed model beside the intact one and expects this refusal when it is loaded.
    template <typename... Words>
    static void expect_load_fails(ErrorCode code, const std::function<void(tests::TinyModel&)>& change, const Words&... words) {
        tests::TinyModel changed;
        change(changed);
        const tests::TemporaryFolder elsewhere;
        changed.write(elsewhere.path());
        tests::expect_refusal(
            code, [&] { load(elsewhere.path()); }, words...);
    }

    const at::NoGradGuard no_grad_;

private:
    static inline std::unique_ptr<tests::TemporaryFolder> folder_;
    static inline std::unique_ptr<LoadedModel> model_;
};

TEST_F(TinyTransformer, leavesKeysAndValuesOfTheSharedLayers) {
    const auto prompt = state(apple);
    EXPECT_EQ(prompt->tokens, 4);
    ASSERT_EQ(prompt->layers.size(), 2u);  // of three text layers the last two are shared
    for (const auto& layer : prompt->layers) {
        EXPECT_EQ(layer.keys.sizes(), (std::vector<std::int64_t>{1, 1, 4, 32}));
        EXPECT_EQ(layer.values.sizes(), layer.keys.sizes());
        EXPECT_TRUE(layer.keys.isfinite().all().item<bool>());
    }
    EXPECT_EQ(prompt->bytes(), 2 * 2 * 4 * 32 * 4);
}

TEST_F(TinyTransformer, understandsPromptsTogetherAsAlone) {
    const auto together = model().text->encode({apple, empty, longer}, {});
    const std::vector<Ids> prompts = {apple, empty, longer};
    for (std::size_t p = 0; p < prompts.size(); ++p) {
        const auto alone = state(prompts[p]);
        for (std::size_t i = 0; i < alone->layers.size(); ++i) {
            expect_near(together[p].layers[i].keys, alone->layers[i].keys);
            expect_near(together[p].layers[i].values, alone->layers[i].values);
        }
    }
}

TEST_F(TinyTransformer, neverLooksAheadInAPrompt) {
    // Causal attention: the first tokens do not know what follows, also past the sliding window of six.
    const auto whole = state(longer);
    for (std::size_t count = 1; count < longer.size(); count += 3) {
        const auto part = state(Ids(longer.begin(), longer.begin() + static_cast<std::ptrdiff_t>(count)));
        for (std::size_t i = 0; i < whole->layers.size(); ++i) {
            expect_near(whole->layers[i].keys.narrow(2, 0, static_cast<std::int64_t>(count)), part->layers[i].keys);
        }
    }
}

TEST_F(TinyTransformer, seesThePromptThatItIsGiven) {
    const auto latents = noise(1);
    EXPECT_GT((velocity({apple}, latents) - velocity({empty}, latents)).abs().max().item<double>(), 1e-3);
    EXPECT_EQ(velocity({apple}, latents).sizes(), latents.sizes());
    EXPECT_EQ(velocity({apple}, latents).scalar_type(), torch::kFloat32);
}

TEST_F(TinyTransformer, givesTheSameVelocityAtEachUseOfAPreparedPrompt) {
    const auto latents = noise(1);
    auto prepared = model().transformer->prepare({state(apple)}, 8, 8);
    const auto first = model().transformer->velocity(latents, prepared);
    model().transformer->velocity(latents * -2, prepared);  // the image's own keys of an earlier step leave no trace
    EXPECT_TRUE(at::equal(model().transformer->velocity(latents, prepared), first));
    EXPECT_TRUE(at::equal(velocity({apple}, latents), first)) << "cached and fresh prompt differ";
}

TEST_F(TinyTransformer, runsABatchAsItsRowsAlone) {
    const auto latents = noise(3);
    const std::vector<Ids> prompts = {apple, longer, empty};
    const auto together = velocity(prompts, latents);
    for (std::int64_t b = 0; b < 3; ++b)
        expect_near(together.narrow(0, b, 1), velocity({prompts[static_cast<std::size_t>(b)]}, latents.narrow(0, b, 1)));
}

TEST_F(TinyTransformer, isNotChangedByALongerNeighbour) {
    // The neighbour's length sets the room for keys, whose rest must stay unseen.
    const auto latents = noise(2);
    expect_near(velocity({apple, longer}, latents)[0], velocity({apple, empty}, latents)[0]);
}

TEST_F(TinyTransformer, drawsAnySizeOfWholePatches) {
    for (const auto& [height, width] : std::vector<std::pair<std::int64_t, std::int64_t>>{{2, 2}, {2, 14}, {14, 2}, {10, 6}, {32, 32}}) {
        const auto v = velocity({apple}, noise(1, height, width));
        EXPECT_EQ(v.sizes(), (std::vector<std::int64_t>{1, 4, height, width}));
        EXPECT_TRUE(v.isfinite().all().item<bool>());
    }
}

TEST_F(TinyTransformer, knowsRowsFromColumns) {
    const auto latents = noise(1, 6, 10);
    const auto upright = velocity({apple}, latents), turned = velocity({apple}, latents.transpose(2, 3).contiguous()).transpose(2, 3);
    EXPECT_GT((upright - turned).abs().max().item<double>(), 1e-3);
}

TEST_F(TinyTransformer, staysCloseInBfloat16) {
    const auto rounded = load(folder(), torch::kBFloat16);
    const auto latents = noise(1);
    auto prepared = rounded.transformer->prepare({state(apple, rounded)}, 8, 8);
    const auto v = rounded.transformer->velocity(latents, prepared), exact = velocity({apple}, latents);
    EXPECT_EQ(v.scalar_type(), torch::kFloat32);
    EXPECT_LT(((v - exact).norm() / exact.norm()).item<double>(), 0.05);
}

TEST_F(TinyTransformer, readsHalfPrecisionFiles) {
    for (const auto stored : {torch::kFloat16, torch::kBFloat16}) {
        tests::TinyModel half;
        for (auto* tensors : {&half.transformer_weights, &half.autoencoder_weights, &half.text_weights}) {
            for (auto& [name, tensor] : *tensors) tensor = tensor.to(stored);
        }
        const tests::TemporaryFolder elsewhere;
        half.write(elsewhere.path());
        const auto loaded = load(elsewhere.path());
        const auto latents = noise(1);
        auto prepared = loaded.transformer->prepare({state(apple, loaded)}, 8, 8);
        const auto v = loaded.transformer->velocity(latents, prepared), exact = velocity({apple}, latents);
        EXPECT_LT(((v - exact).norm() / exact.norm()).item<double>(), 0.05);
    }
}

TEST_F(TinyTransformer, stopsWhileItReadsAPrompt) {
    std::stop_source source;
    source.request_stop();
    tests::expect_refusal(ErrorCode::cancelled, [&] { model().text->encode({apple}, source.get_token()); });
}

TEST_F(TinyTransformer, refusesTokensBeyondItsVocabulary) {
    for (const int id : {-1, 512, 1 << 30}) {
        tests::expect_refusal(
            ErrorCode::corrupt_file,
            [&] {
                model().text->encode({{2, id}}, {});
            },
            std::to_string(id));
    }
}

TEST_F(TinyTransformer, stopsWhileItLoads) {
    std::stop_source source;
    tests::expect_refusal(ErrorCode::cancelled, [&] {
        inference::load_model(
            inference::read_pipeline_config(folder() + "/pipeline"), folder() + "/text", Placement{}, {},
            [&](double fraction) {
                if (fraction > 0) source.request_stop();
            },
            source.get_token());
    });
}

TEST_F(TinyTransformer, namesEachTensorThatIsMissing) {
    const tests::TinyModel intact;
    for (const auto& [name, tensor] : intact.transformer_weights) {
        if (name.rfind("dit.layers.1.", 0) == 0) continue;  // layer 0 stands for both
        expect_load_fails(
            ErrorCode::corrupt_file, [&](auto& changed) { changed.transformer_weights.erase(name); }, "\"" + name + "\"", "missing");
    }
    for (const std::string name :
         {"embed_tokens.weight", "layers.0.mlp.down_proj.weight", "layers.1.self_attn.o_proj.weight", "layers.2.self_attn.v_proj.weight"}) {
        expect_load_fails(
            ErrorCode::corrupt_file, [&](auto& changed) { changed.text_weights.erase(name); }, name, "missing");
    }
    for (const std::string name :
         {"encoder.conv_in.weight", "decoder.mid_block.attentions.0.to_out.0.bias", "decoder.up_blocks.1.resnets.0.conv_shortcut.weight"}) {
        expect_load_fails(
            ErrorCode::corrupt_file, [&](auto& changed) { changed.autoencoder_weights.erase(name); }, name, "missing");
    }
}

TEST_F(TinyTransformer, needsNothingOfTheLastTextLayerButItsKeysAndValues) {
    tests::TinyModel cut;
    std::erase_if(cut.text_weights, [](const auto& entry) {
        const auto& name = entry.first;
        if (name == "norm.weight") return true;
        if (name.rfind("layers.2.", 0) != 0) return false;
        return name.find("k_") == std::string::npos && name.find("v_") == std::string::npos && name.find("input_layernorm") == std::string::npos;
    });
    const tests::TemporaryFolder elsewhere;
    cut.write(elsewhere.path());
    const auto loaded = load(elsewhere.path());
    EXPECT_TRUE(at::equal(state(apple, loaded)->layers[1].keys, state(apple)->layers[1].keys));
}

TEST_F(TinyTransformer, namesTensorsOfAnotherShape) {
    expect_load_fails(
        ErrorCode::corrupt_file, [](auto& m) { m.transformer_weights["dit.norm_out.weight"] = torch::zeros({33}); }, "dit.norm_out.weight", "[33]",
        "[32]");
    expect_load_fails(
        ErrorCode::corrupt_file,
        [](auto& m) {
            m.transformer_weights["dit.proj_out.weight"] = torch::zeros({32, 16});
        },
        "dit.proj_out.weight");
    expect_load_fails(
        ErrorCode::corrupt_file,
        [](auto& m) {
            m.text_weights["embed_tokens.weight"] = torch::zeros({511, 32});
        },
        "embed_tokens.weight", "[511, 32]");
    expect_load_fails(
        ErrorCode::corrupt_file, [](auto& m) { m.autoencoder_weights["decoder.conv_out.bias"] = torch::zeros({15}); }, "decoder.conv_out.bias");
    expect_load_fails(
        ErrorCode::corrupt_file, [](auto& m) { m.transformer["dit_hidden_size"] = 64; }, "dit.patch_embed.proj.weight");
}

TEST_F(TinyTransformer, namesTensorsThatAreNotFinite) {
    for (const float value :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
        for (const std::string name : {"dit.layers.0.mlp.up_proj.weight", "dit.layers.1.input_layernorm.weight", "dit.patch_embed.proj.bias"}) {
            expect_load_fails(
                ErrorCode::corrupt_file, [&](auto& m) { m.transformer_weights[name].view(-1)[3] = value; }, "\"" + name + "\"", "finite");
        }
        expect_load_fails(
            ErrorCode::corrupt_file, [&](auto& m) { m.autoencoder_weights["encoder.conv_in.bias"][0] = value; }, "encoder.conv_in.bias", "finite");
        expect_load_fails(
            ErrorCode::corrupt_file, [&](auto& m) { m.text_weights["layers.0.mlp.up_proj.weight"][1][1] = value; }, "layers.0.mlp.up_proj", "finite");
    }
}

TEST_F(TinyTransformer, takesWeightsWhoseSumAloneOverflows) {
    tests::TinyModel large;
    large.transformer_weights["dit.proj_out.bias"] = torch::full({16}, 3e38);
    const tests::TemporaryFolder elsewhere;
    large.write(elsewhere.path());
    EXPECT_FALSE(tests::refusal([&] { load(elsewhere.path()); }).has_value());
}

TEST_F(TinyTransformer, namesAnEmbeddingThatIsNotFiniteWhenAPromptNeedsIt) {
    tests::TinyModel changed;
    changed.text_weights["embed_tokens.weight"][413][0] = std::numeric_limits<float>::quiet_NaN();
    const tests::TemporaryFolder elsewhere;
    changed.write(elsewhere.path());
    const auto loaded = load(elsewhere.path());
    tests::expect_refusal(
        ErrorCode::corrupt_file, [&] { loaded.text->encode({apple}, {}); }, "embed_tokens.weight", "finite");
    EXPECT_FALSE(tests::refusal([&] { loaded.text->encode({empty}, {}); }).has_value());
}

TEST_F(TinyTransformer, refusesAVocabularyThatIsLargerThanTheTextModel) {
    expect_load_fails(
        ErrorCode::corrupt_file,
        [](auto& m) {
            m.transformer["base_config"]["vocab_size"] = 400;
            m.text_weights["embed_tokens.weight"] = m.text_weights["embed_tokens.weight"].narrow(0, 0, 400);
        },
        "tokenizer.model", "400");
}

}  // namespace
