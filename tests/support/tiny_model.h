// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <torch/types.h>

#include <map>
#include <string>

namespace tests {

/// A whole pipeline with random weights that draws in milliseconds: 32 x 32 RGBA natively, sizes in multiples of 8, and
/// a text model of three layers, of which the last two are shared. Configs and tensors are plain values: a test changes
/// what it is about, then writes. The weights are the same in each run.
class TinyModel {
public:
    TinyModel();

    /// Writes FOLDER/pipeline and FOLDER/text. With `llm_weights` "embedded" in the transformer's config the text
    /// model's tensors go into the transformer's file and its vocabulary into the pipeline instead, and FOLDER/text
    /// stays absent.
    void write(const std::string& folder) const;

    using Tensors = std::map<std::string, torch::Tensor>;
    nlohmann::json index;         ///< model_index.json
    nlohmann::json transformer;   ///< transformer/config.json
    nlohmann::json autoencoder;   ///< vae/config.json
    nlohmann::json scheduler;     ///< scheduler/scheduler_config.json
    Tensors transformer_weights;  ///< `dit.*`
    Tensors autoencoder_weights;
    Tensors text_weights;  ///< without prefix: `embed_tokens.weight`, `layers.*`, `norm.weight`

private:
    torch::Tensor random(at::IntArrayRef shape, double scale);
    void add_norm(Tensors& to, const std::string& name, std::int64_t width);
    void add_linear(Tensors& to, const std::string& name, std::int64_t out, std::int64_t in);
    void add_conv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t kernel);
    void add_group_norm(const std::string& name, std::int64_t channels);
    void add_resnet(const std::string& name, std::int64_t in, std::int64_t out);
    void add_middle(const std::string& name, std::int64_t channels);
    void add_layer(Tensors& to, const std::string& name, std::int64_t hidden, std::int64_t intermediate);
    void make_text_model();
    void make_transformer();
    void make_autoencoder();

    at::Generator generator_;
};

/// The vocabulary of the tiny model: 448 pieces, pad 0, eos 1, bos 2, unk 3, byte fallback (made by make_tokenizer.py).
std::string tiny_tokenizer_path();

}  // namespace tests
