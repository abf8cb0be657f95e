// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tiny_model.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include <ATen/CPUGeneratorImpl.h>

#include "inference/weights/safetensors.h"

namespace tests {
namespace {

constexpr std::int64_t text_hidden = 32, text_intermediate = 48, text_layers = 3, initial_layers = 1, vocabulary = 512;
constexpr std::int64_t heads = 2, kv_heads = 1, head_dim = 32;
constexpr std::int64_t dit_hidden = 32, dit_intermediate = 64, patch = 2, latent_channels = 4;
constexpr std::int64_t narrow = 8, wide = 16, pixel_patch = 2, image_channels = 4;

void write_json(const std::string& path, const nlohmann::json& json) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << json.dump(2);
}

void merge(TinyModel::Tensors& into, const TinyModel::Tensors& from, const std::string& prefix) {
    for (const auto& [name, tensor] : from) into[prefix + name] = tensor;
}

}  // namespace

std::string tiny_tokenizer_path() { return FUSELIGHT_TEST_SUPPORT "/tokenizer.model"; }

TinyModel::TinyModel() : generator_(at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{20260701})) {
    index = {{"_class_name", "FuseDiTPipeline"},
             {"fuselight", {{"name", "Tiny"}, {"native_sizes", {{32, 32}}}, {"default_steps", 4}, {"default_guidance_scale", 2.0}}}};
    scheduler = {{"_class_name", "FlowMatchEulerDiscreteScheduler"}, {"num_train_timesteps", 1000}, {"shift", 3.0}, {"use_dynamic_shifting", false}};
    make_text_model();
    make_transformer();
    make_autoencoder();
}

torch::Tensor TinyModel::random(at::IntArrayRef shape, double scale) {
    auto tensor = torch::empty(shape, torch::kFloat32);
    return tensor.normal_(0, scale, generator_);
}

void TinyModel::add_norm(Tensors& to, const std::string& name, std::int64_t width) { to[name + ".weight"] = random({width}, 0.1); }

void TinyModel::add_linear(Tensors& to, const std::string& name, std::int64_t out, std::int64_t in) {
    to[name + ".weight"] = random({out, in}, 1 / std::sqrt(static_cast<double>(in)));
}

/// The tensors that text layers and image layers share by name.
void TinyModel::add_layer(Tensors& to, const std::string& name, std::int64_t hidden, std::int64_t intermediate) {
    for (const char* norm : {"input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"}) {
        add_norm(to, name + "." + norm, hidden);
    }
    add_norm(to, name + ".self_attn.q_norm", head_dim);
    add_norm(to, name + ".self_attn.k_norm", head_dim);
    add_linear(to, name + ".self_attn.q_proj", heads * head_dim, hidden);
    add_linear(to, name + ".self_attn.k_proj", kv_heads * head_dim, hidden);
    add_linear(to, name + ".self_attn.v_proj", kv_heads * head_dim, hidden);
    add_linear(to, name + ".self_attn.o_proj", hidden, heads * head_dim);
    add_linear(to, name + ".mlp.gate_proj", intermediate, hidden);
    add_linear(to, name + ".mlp.up_proj", intermediate, hidden);
    add_linear(to, name + ".mlp.down_proj", hidden, intermediate);
}

void TinyModel::make_text_model() {
    text_weights["embed_tokens.weight"] = random({vocabulary, text_hidden}, 0.3);
    for (std::int64_t i = 0; i < text_layers; ++i) add_layer(text_weights, "layers." + std::to_string(i), text_hidden, text_intermediate);
    add_norm(text_weights, "norm", text_hidden);
}

void TinyModel::make_transformer() {
    const nlohmann::json base = {{"model_type", "gemma3_text"},
                                 {"hidden_size", text_hidden},
                                 {"intermediate_size", text_intermediate},
                                 {"num_hidden_layers", text_layers},
                                 {"num_attention_heads", heads},
                                 {"num_key_value_heads", kv_heads},
                                 {"head_dim", head_dim},
                                 {"vocab_size", vocabulary},
                                 {"rms_norm_eps", 1e-6},
                                 {"rope_theta", 1e6},
                                 {"rope_local_base_freq", 1e4},
                                 {"sliding_window", 6},
                                 {"sliding_window_pattern", 2},
                                 {"query_pre_attn_scalar", head_dim},
                                 {"attention_bias", false},
                                 {"hidden_activation", "gelu_pytorch_tanh"},
                                 {"bos_token_id", 2},
                                 {"eos_token_id", 1},
                                 {"pad_token_id", 0}};
    transformer = {{"model_type", "FuseDiT"},
                   {"attention", "self"},
                   {"base_config", base},
                   {"dit_hidden_size", dit_hidden},
                   {"dit_intermediate_size", dit_intermediate},
                   {"dit_num_hidden_layers", text_layers - initial_layers},
                   {"in_channels", latent_channels},
                   {"out_channels", latent_channels},
                   {"patch_size", patch},
                   {"sample_size", 8},
                   {"initial_layers", initial_layers},
                   {"shared_attention_layers", {1, 2}},
                   {"pos_embed", "2d-rope"},
                   {"qk_norm", true},
                   {"sandwich_norm", true},
                   {"timestep_conditioning", nullptr},
                   {"llm_weights", "external"}};
    auto& weights = transformer_weights;
    weights["dit.patch_embed.proj.weight"] = random({dit_hidden, latent_channels, patch, patch}, 0.25);
    weights["dit.patch_embed.proj.bias"] = random({dit_hidden}, 0.1);
    for (std::int64_t i = 0; i < text_layers - initial_layers; ++i)
        add_layer(weights, "dit.layers." + std::to_string(i), dit_hidden, dit_intermediate);
    add_norm(weights, "dit.norm_out", dit_hidden);
    add_linear(weights, "dit.proj_out", latent_channels * patch * patch, dit_hidden);
    weights["dit.proj_out.bias"] = random({latent_channels * patch * patch}, 0.1);
}

void TinyModel::add_conv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t kernel) {
    autoencoder_weights[name + ".weight"] = random({out, in, kernel, kernel}, 1 / std::sqrt(static_cast<double>(in * kernel * kernel)));
    autoencoder_weights[name + ".bias"] = random({out}, 0.1);
}

void TinyModel::add_group_norm(const std::string& name, std::int64_t channels) {
    autoencoder_weights[name + ".weight"] = random({channels}, 0.1) + 1;
    autoencoder_weights[name + ".bias"] = random({channels}, 0.1);
}

void TinyModel::add_resnet(const std::string& name, std::int64_t in, std::int64_t out) {
    add_group_norm(name + ".norm1", in);
    add_conv(name + ".conv1", in, out, 3);
    add_group_norm(name + ".norm2", out);
    add_conv(name + ".conv2", out, out, 3);
    if (in != out) add_conv(name + ".conv_shortcut", in, out, 1);
}

void TinyModel::add_middle(const std::string& name, std::int64_t channels) {
    add_resnet(name + ".resnets.0", channels, channels);
    const auto attention = name + ".attentions.0.";
    add_group_norm(attention + "group_norm", channels);
    for (const char* part : {"to_q", "to_k", "to_v", "to_out.0"}) {
        add_linear(autoencoder_weights, attention + part, channels, channels);
        autoencoder_weights[attention + part + ".bias"] = random({channels}, 0.1);
    }
    add_resnet(name + ".resnets.1", channels, channels);
}

void TinyModel::make_autoencoder() {
    autoencoder = {{"_class_name", "AutoencoderKL"},
                   {"in_channels", image_channels},
                   {"out_channels", image_channels},
                   {"patch_size", pixel_patch},
                   {"latent_channels", latent_channels},
                   {"block_out_channels", {narrow, wide}},
                   {"layers_per_block", 1},
                   {"norm_num_groups", 4},
                   {"act_fn", "silu"},
                   {"mid_block_add_attention", true},
                   {"use_quant_conv", false},
                   {"use_post_quant_conv", false},
                   {"pixel_space", "rgba_premultiplied"},
                   {"scaling_factor", 0.8},
                   {"shift_factor", -0.05}};
    const auto folded = image_channels * pixel_patch * pixel_patch;
    add_conv("encoder.conv_in", folded, narrow, 3);
    add_resnet("encoder.down_blocks.0.resnets.0", narrow, narrow);
    add_conv("encoder.down_blocks.0.downsamplers.0.conv", narrow, narrow, 3);
    add_resnet("encoder.down_blocks.1.resnets.0", narrow, wide);
    add_middle("encoder.mid_block", wide);
    add_group_norm("encoder.conv_norm_out", wide);
    add_conv("encoder.conv_out", wide, 2 * latent_channels, 3);
    add_conv("decoder.conv_in", latent_channels, wide, 3);
    add_middle("decoder.mid_block", wide);
    add_resnet("decoder.up_blocks.0.resnets.0", wide, wide);
    add_resnet("decoder.up_blocks.0.resnets.1", wide, wide);
    add_conv("decoder.up_blocks.0.upsamplers.0.conv", wide, wide, 3);
    add_resnet("decoder.up_blocks.1.resnets.0", wide, narrow);
    add_resnet("decoder.up_blocks.1.resnets.1", narrow, narrow);
    add_group_norm("decoder.conv_norm_out", narrow);
    add_conv("decoder.conv_out", narrow, folded, 3);
}

void TinyModel::write(const std::string& folder) const {
    const auto pipeline = folder + "/pipeline";
    write_json(pipeline + "/model_index.json", index);
    write_json(pipeline + "/transformer/config.json", transformer);
    write_json(pipeline + "/vae/config.json", autoencoder);
    write_json(pipeline + "/scheduler/scheduler_config.json", scheduler);
    inference::write_safetensors(pipeline + "/vae/diffusion_pytorch_model.safetensors", autoencoder_weights);

    const bool embedded = transformer.value("llm_weights", "embedded") == "embedded";
    auto tensors = transformer_weights;
    if (embedded) merge(tensors, text_weights, "llm.");
    inference::write_safetensors(pipeline + "/transformer/model.safetensors", tensors);

    const auto vocabulary_folder = embedded ? pipeline + "/tokenizer" : folder + "/text";
    std::filesystem::create_directories(vocabulary_folder);
    std::filesystem::copy_file(tiny_tokenizer_path(), vocabulary_folder + "/tokenizer.model", std::filesystem::copy_options::overwrite_existing);
    if (embedded) return;
    Tensors named;
    merge(named, text_weights, "model.");
    inference::write_safetensors(vocabulary_folder + "/model.safetensors", named);
    write_json(vocabulary_folder + "/config.json", transformer["base_config"]);
}

}  // namespace tests
