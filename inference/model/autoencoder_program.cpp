// SPDX-License-Identifier: Apache-2.0
#include "inference/model/autoencoder_program.h"

#include <algorithm>
#include <utility>

namespace inference::autoencoder {
namespace {

/// Appends steps and keeps count of the channels.
class ProgramBuilder {
public:
    ProgramBuilder(const AutoencoderConfig& config, const TensorSource& tensor, std::int64_t channels) : config_(config), tensor_(tensor) {
        program_.channels.push_back(channels);
        program_.skipped.push_back(0);
    }

    Program take() { return std::move(program_); }
    std::int64_t channels() const { return program_.channels.back(); }

    void convolve(const std::string& name, std::int64_t out, std::int64_t kernel = 3, std::int64_t stride = 1) {
        append(convolution(name, channels(), out, kernel, stride), out, program_.skipped.back());
    }
    void normalise(const std::string& name, Activation activation) {
        const auto C = channels();
        append(Normalise{tensor_(name + ".weight", {C}), tensor_(name + ".bias", {C}), config_.norm_num_groups, activation}, C,
               program_.skipped.back());
    }
    void resnet(const std::string& name, std::int64_t out) {
        Branch branch;
        if (out != channels()) branch.shortcut = convolution(name + ".conv_shortcut", channels(), out, 1, 1);
        append(std::move(branch), channels(), out);
        normalise(name + ".norm1", config_.activation);
        convolve(name + ".conv1", out);
        normalise(name + ".norm2", config_.activation);
        convolve(name + ".conv2", out);
        append(Merge{}, out, 0);
    }
    void middle(const std::string& name) {
        const auto C = channels();
        resnet(name + ".resnets.0", C);
        if (config_.middle_attention) append(attention(name + ".attentions.0.", C), C, 0);
        resnet(name + ".resnets.1", C);
    }
    void upsample(const std::string& name) {
        append(Upsample{}, channels(), 0);
        convolve(name, channels());
    }

private:
    void append(Step step, std::int64_t channels_after, std::int64_t skipped_after) {
        program_.steps.push_back(std::move(step));
        program_.channels.push_back(channels_after);
        program_.skipped.push_back(skipped_after);
    }
    Convolve convolution(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
        return {tensor_(name + ".weight", {out, in, kernel, kernel}).contiguous(at::MemoryFormat::ChannelsLast), tensor_(name + ".bias", {out}),
                kernel, stride};
    }
    Attend attention(const std::string& name, std::int64_t C) {
        const auto weight = [&](const char* part) { return tensor_(name + part + ".weight", {C, C}); };
        const auto bias = [&](const char* part) { return tensor_(name + part + ".bias", {C}); };
        Attend attend{tensor_(name + "group_norm.weight", {C}), tensor_(name + "group_norm.bias", {C}), config_.norm_num_groups, {}, {}, {}, {}};
        attend.qkv_weight = at::cat({weight("to_q"), weight("to_k"), weight("to_v")});
        attend.qkv_bias = at::cat({bias("to_q"), bias("to_k"), bias("to_v")});
        attend.out_weight = weight("to_out.0");
        attend.out_bias = bias("to_out.0");
        return attend;
    }

    const AutoencoderConfig& config_;
    const TensorSource& tensor_;
    Program program_;
};

std::int64_t folded_channels(const AutoencoderConfig& config) { return config.image_channels * config.patch_size * config.patch_size; }

}  // namespace

std::vector<std::int64_t> Program::sizes(std::int64_t size) const {
    std::vector<std::int64_t> all = {size};
    for (const auto& step : steps) {
        if (const auto* conv = std::get_if<Convolve>(&step)) size = conv->output_size(size);
        else if (std::holds_alternative<Upsample>(step)) size *= 2;
        all.push_back(size);
    }
    return all;
}

double Program::multiplications(std::size_t step, double input_area) const {
    if (const auto* conv = std::get_if<Convolve>(&steps[step])) {
        return input_area / static_cast<double>(conv->stride * conv->stride) * static_cast<double>(conv->weight.numel());
    }
    if (const auto* branch = std::get_if<Branch>(&steps[step]); branch != nullptr && branch->shortcut) {
        return input_area * static_cast<double>(branch->shortcut->weight.numel());
    }
    if (std::holds_alternative<Attend>(steps[step])) {
        const auto C = static_cast<double>(channels[step]);
        return 4 * input_area * C * C + 2 * input_area * input_area * C;
    }
    return 0;
}

Program build_encoder(const AutoencoderConfig& config, const TensorSource& tensor) {
    const auto& widths = config.block_out_channels;
    ProgramBuilder build(config, tensor, folded_channels(config));
    build.convolve("encoder.conv_in", widths.front());
    for (std::size_t b = 0; b < widths.size(); ++b) {
        const auto name = "encoder.down_blocks." + std::to_string(b);
        for (std::int64_t r = 0; r < config.layers_per_block; ++r) build.resnet(name + ".resnets." + std::to_string(r), widths[b]);
        if (b + 1 < widths.size()) build.convolve(name + ".downsamplers.0.conv", widths[b], 3, 2);
    }
    build.middle("encoder.mid_block");
    build.normalise("encoder.conv_norm_out", Activation::silu);
    build.convolve("encoder.conv_out", 2 * config.latent_channels);
    if (config.quant_conv) build.convolve("quant_conv", 2 * config.latent_channels, 1);
    return build.take();
}

Program build_decoder(const AutoencoderConfig& config, const TensorSource& tensor) {
    auto widths = config.block_out_channels;
    std::reverse(widths.begin(), widths.end());
    ProgramBuilder build(config, tensor, config.latent_channels);
    if (config.post_quant_conv) build.convolve("post_quant_conv", config.latent_channels, 1);
    build.convolve("decoder.conv_in", widths.front());
    build.middle("decoder.mid_block");
    for (std::size_t b = 0; b < widths.size(); ++b) {
        const auto name = "decoder.up_blocks." + std::to_string(b);
        for (std::int64_t r = 0; r <= config.layers_per_block; ++r) build.resnet(name + ".resnets." + std::to_string(r), widths[b]);
        if (b + 1 < widths.size()) build.upsample(name + ".upsamplers.0.conv");
    }
    build.normalise("decoder.conv_norm_out", Activation::silu);
    build.convolve("decoder.conv_out", folded_channels(config));
    return build.take();
}

}  // namespace inference::autoencoder
