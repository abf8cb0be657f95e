// SPDX-License-Identifier: Apache-2.0
#include "inference/model/autoencoder.h"

#include <algorithm>
#include <utility>

namespace inference {
namespace {

constexpr double group_norm_eps = 1e-6;

}  // namespace

/// Reads the layers under the reference's tensor names.
class AutoencoderKl::Builder {
public:
    Builder(const AutoencoderConfig& config, const Checkpoint& weights, const Placement& placement) :
        config_(config), weights_(weights), read_(weights, placement) {}

    Half encoder() {
        const auto& widths = config_.block_out_channels;
        Half half;
        half.conv_in = conv("encoder.conv_in", folded_channels(), widths.front(), 3);
        auto channels = widths.front();
        for (std::size_t b = 0; b < widths.size(); ++b) {
            const auto name = "encoder.down_blocks." + std::to_string(b);
            Block block;
            for (std::int64_t r = 0; r < config_.layers_per_block; ++r) {
                block.resnets.push_back(resnet(name + ".resnets." + std::to_string(r), channels, widths[b]));
                channels = widths[b];
            }
            if (b + 1 < widths.size()) block.resample = conv(name + ".downsamplers.0.conv", channels, channels, 3, 2, 0);
            half.blocks.push_back(std::move(block));
        }
        half.middle = middle("encoder.mid_block", channels);
        half.conv_norm_out = norm("encoder.conv_norm_out", channels);
        half.conv_out = conv("encoder.conv_out", channels, 2 * config_.latent_channels, 3);
        return half;
    }

    Half decoder() {
        auto widths = config_.block_out_channels;
        std::reverse(widths.begin(), widths.end());
        auto channels = widths.front();
        Half half;
        half.conv_in = conv("decoder.conv_in", config_.latent_channels, channels, 3);
        half.middle = middle("decoder.mid_block", channels);
        for (std::size_t b = 0; b < widths.size(); ++b) {
            const auto name = "decoder.up_blocks." + std::to_string(b);
            Block block;
            for (std::int64_t r = 0; r <= config_.layers_per_block; ++r) {
                block.resnets.push_back(resnet(name + ".resnets." + std::to_string(r), channels, widths[b]));
                channels = widths[b];
            }
            if (b + 1 < widths.size()) block.resample = conv(name + ".upsamplers.0.conv", channels, channels, 3);
            half.blocks.push_back(std::move(block));
        }
        half.conv_norm_out = norm("decoder.conv_norm_out", channels);
        half.conv_out = conv("decoder.conv_out", channels, folded_channels(), 3);
        return half;
    }

    std::int64_t parameters() const { return read_.parameters(); }

private:
    std::int64_t folded_channels() const { return config_.image_channels * config_.patch_size * config_.patch_size; }

    Conv conv(const std::string& name, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1, std::int64_t padding = 1) {
        return {read_.tensor(name + ".weight", {out, in, kernel, kernel}).contiguous(at::MemoryFormat::ChannelsLast),
                read_.tensor(name + ".bias", {out}), stride, kernel == 1 ? 0 : padding};
    }
    Norm norm(const std::string& name, std::int64_t channels) {
        return {read_.tensor(name + ".weight", {channels}), read_.tensor(name + ".bias", {channels}), config_.norm_num_groups};
    }
    Resnet resnet(const std::string& name, std::int64_t in, std::int64_t out) {
        Resnet block{
            norm(name + ".norm1", in), norm(name + ".norm2", out), conv(name + ".conv1", in, out, 3), conv(name + ".conv2", out, out, 3), {}};
        if (in != out) block.conv_shortcut = conv(name + ".conv_shortcut", in, out, 1);
        return block;
    }
    Middle middle(const std::string& name, std::int64_t channels) {
        const auto a = name + ".attentions.0.";
        const auto weight = [&](const char* part) { return read_.tensor(a + part + ".weight", {channels, channels}); };
        const auto bias = [&](const char* part) { return read_.tensor(a + part + ".bias", {channels}); };
        Attention attention{norm(a + "group_norm", channels), at::cat({weight("to_q"), weight("to_k"), weight("to_v")}),
                            at::cat({bias("to_q"), bias("to_k"), bias("to_v")}), weight("to_out.0"), bias("to_out.0")};
        return {resnet(name + ".resnets.0", channels, channels), std::move(attention), resnet(name + ".resnets.1", channels, channels)};
    }

    const AutoencoderConfig& config_;
    const Checkpoint& weights_;
    ParameterReader read_;
};

AutoencoderKl::AutoencoderKl(const AutoencoderConfig& config, const Checkpoint& weights, const Placement& placement) :
    config_(config), placement_(placement) {
    Builder build(config, weights, placement);
    encoder_ = build.encoder();
    decoder_ = build.decoder();
    parameters_ = build.parameters();
}

torch::Tensor AutoencoderKl::Conv::operator()(const torch::Tensor& x) const {
    return at::conv2d(x, weight, bias, {stride, stride}, {padding, padding});
}

torch::Tensor AutoencoderKl::Norm::operator()(const torch::Tensor& x) const { return at::group_norm(x, groups, weight, bias, group_norm_eps); }

torch::Tensor AutoencoderKl::Resnet::operator()(const torch::Tensor& x) const {
    auto y = conv1(at::silu(norm1(x)));
    y = conv2(at::silu(norm2(y)));
    return y.add_(conv_shortcut ? (*conv_shortcut)(x) : x);
}

torch::Tensor AutoencoderKl::Attention::operator()(const torch::Tensor& x) const {
    const auto B = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3);
    const auto t = group_norm(x).permute({0, 2, 3, 1}).reshape({B, H * W, C});
    const auto qkv = at::linear(t, qkv_weight, qkv_bias).unsqueeze(1).chunk(3, -1);
    const auto o = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]).squeeze(1);
    return x + at::linear(o, out_weight, out_bias).view({B, H, W, C}).permute({0, 3, 1, 2});
}

torch::Tensor AutoencoderKl::to_model(const torch::Tensor& x) const {
    return x.to(placement_.device, placement_.dtype).contiguous(at::MemoryFormat::ChannelsLast);
}

torch::Tensor AutoencoderKl::encode(const torch::Tensor& pixels) const {
    auto x = encoder_.conv_in(to_model(at::pixel_unshuffle(pixels, config_.patch_size)));
    for (const auto& block : encoder_.blocks) {
        for (const auto& resnet : block.resnets) x = resnet(x);
        if (block.resample) x = (*block.resample)(at::constant_pad_nd(x, {0, 1, 0, 1}));
    }
    x = at::silu(encoder_.conv_norm_out(encoder_.middle(x)));
    const auto mean = encoder_.conv_out(x).chunk(2, 1)[0].to(torch::kFloat32);
    return ((mean - config_.shift_factor) * config_.scaling_factor).contiguous();
}

torch::Tensor AutoencoderKl::decode(const torch::Tensor& latents) const {
    auto x = decoder_.conv_in(to_model(latents / config_.scaling_factor + config_.shift_factor));
    x = decoder_.middle(x);
    for (const auto& block : decoder_.blocks) {
        for (const auto& resnet : block.resnets) x = resnet(x);
        if (block.resample) x = (*block.resample)(at::upsample_nearest2d(x, {x.size(2) * 2, x.size(3) * 2}));
    }
    x = at::silu(decoder_.conv_norm_out(x));
    return at::pixel_shuffle(decoder_.conv_out(x).to(torch::kFloat32), config_.patch_size).contiguous();
}

double AutoencoderKl::decode_flops(std::int64_t height, std::int64_t width) const {
    double area = static_cast<double>(height * width), total = 0.0;
    const auto add = [&](const Conv& conv) { total += 2.0 * area * static_cast<double>(conv.weight.numel()); };
    const auto add_resnet = [&](const Resnet& resnet) {
        add(resnet.conv1);
        add(resnet.conv2);
        if (resnet.conv_shortcut) add(*resnet.conv_shortcut);
    };
    add(decoder_.conv_in);
    add_resnet(decoder_.middle.first);
    const double channels = static_cast<double>(decoder_.middle.attention.out_bias.numel());
    total += 2.0 * area * 4 * channels * channels + 4.0 * area * area * channels;
    add_resnet(decoder_.middle.second);
    for (const auto& block : decoder_.blocks) {
        for (const auto& resnet : block.resnets) add_resnet(resnet);
        if (!block.resample) continue;
        area *= 4;
        add(*block.resample);
    }
    add(decoder_.conv_out);
    return total;
}

}  // namespace inference
