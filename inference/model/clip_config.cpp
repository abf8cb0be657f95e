// SPDX-License-Identifier: Apache-2.0
#include "inference/model/clip_config.h"

#include "inference/model/config_bounds.h"
#include "inference/weights/config_reader.h"

namespace inference {

ClipTextConfig read_clip_config(const std::string& path) {
    using namespace config_bounds;
    const auto reader = ConfigReader::from_file(path);
    reader.one_of("model_type", {"clip_text_model"}, "clip_text_model");
    ClipTextConfig config;
    config.vocab_size = reader.integer("vocab_size", 1, max_vocabulary, 49408);
    config.hidden_size = reader.integer("hidden_size", 1, max_width, 512);
    config.intermediate_size = reader.integer("intermediate_size", 1, max_width, 2048);
    config.projection_dim = reader.integer("projection_dim", 1, max_width, 512);
    config.num_hidden_layers = reader.integer("num_hidden_layers", 1, max_layers, 12);
    config.num_attention_heads = reader.integer("num_attention_heads", 1, max_heads, 8);
    config.max_position_embeddings = reader.integer("max_position_embeddings", 2, 4096, 77);
    config.eos_token_id = reader.integer("eos_token_id", 0, max_vocabulary, 49407);
    config.layer_norm_eps = reader.number("layer_norm_eps", 0, 1, 1e-5);
    const auto activation = reader.one_of("hidden_act", {"quick_gelu", "gelu"}, "quick_gelu");
    config.activation = activation == "gelu" ? ClipActivation::gelu : ClipActivation::quick_gelu;
    if (config.hidden_size % config.num_attention_heads != 0) {
        reader.fail_corrupt("hidden_size", "must be a multiple of num_attention_heads");
    }
    return config;
}

}  // namespace inference
