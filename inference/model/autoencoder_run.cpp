// SPDX-License-Identifier: Apache-2.0
#include "inference/model/autoencoder_run.h"

#include <algorithm>
#include <map>
#include <utility>

#include "inference/core/exception.h"

namespace inference::autoencoder {
namespace {

template <typename... Visitors> struct Overloaded : Visitors... { using Visitors::operator()...; };

/// Means and variances of groups, from parts of a picture.
class GroupStatistics {
public:
    explicit GroupStatistics(const Normalise& norm) : norm_(norm) {}

    void add(const torch::Tensor& x) {
        const auto values = x.to(torch::kFloat32).reshape({norm_.groups, -1});
        const auto [variance, mean] = at::var_mean(values, at::OptionalIntArrayRef{1}, 0.0);
        const auto count = static_cast<double>(values.size(1));
        const auto part_mean = mean.to(torch::kFloat64), part_squares = variance.to(torch::kFloat64) * count;
        if (count_ == 0) {
            mean_ = part_mean;
            squares_ = part_squares;
        } else {  // Chan's update of two parts
            const auto distance = part_mean - mean_;
            mean_ = mean_ + distance * (count / (count_ + count));
            squares_ = squares_ + part_squares + distance * distance * (count_ * count / (count_ + count));
        }
        count_ += count;
    }

    /// What turns a value into its normalised one: scale and offset by channel, float32 (1, C, 1, 1).
    std::pair<torch::Tensor, torch::Tensor> affine() const {
        const auto channels = norm_.weight.size(0), each = channels / norm_.groups;
        const auto by_channel = [&](const torch::Tensor& x) { return x.repeat_interleave(each); };
        const auto scale = by_channel((squares_ / count_ + group_norm_eps).rsqrt()) * norm_.weight.to(torch::kFloat64);
        const auto offset = norm_.bias.to(torch::kFloat64) - by_channel(mean_) * scale;
        const auto shaped = [&](const torch::Tensor& x) { return x.to(torch::kFloat32).view({1, channels, 1, 1}); };
        return {shaped(scale), shaped(offset)};
    }

private:
    const Normalise& norm_;
    double count_ = 0;
    torch::Tensor mean_, squares_;
};

torch::Tensor run_whole(const Program& program, const Segment& segment, torch::Tensor x, const std::stop_token& stop) {
    torch::Tensor aside;
    for (auto k = segment.from; k < segment.to; ++k) {
        throw_if_stopped(stop);
        std::visit(Overloaded{
                       [&](const Branch& branch) { aside = branch.shortcut ? (*branch.shortcut)(x) : x; },
                       [&](const Merge&) { x.add_(std::exchange(aside, {})); },  // x is the last convolution's own
                       [&](const auto& step) { x = step(x); },
                   },
                   program.steps[k]);
    }
    return x;
}

/// One segment of a program over tiles.
class TiledSegment {
public:
    TiledSegment(const Program& program, const Segment& segment, const torch::Tensor& x, const std::stop_token& stop) :
        program_(program), segment_(segment), x_(x), stop_(stop) {
        heights_ = sizes_from(x.size(2));
        widths_ = sizes_from(x.size(3));
        coarse_height_ = *std::min_element(heights_.begin() + at(segment.from), heights_.begin() + at(segment.to) + 1);
        coarse_width_ = *std::min_element(widths_.begin() + at(segment.from), widths_.begin() + at(segment.to) + 1);
    }

    torch::Tensor run() {
        for (auto k = segment_.from; k < segment_.to; ++k) {
            const auto* norm = std::get_if<Normalise>(&program_.steps[k]);
            if (norm == nullptr) continue;
            GroupStatistics statistics(*norm);
            for_each_tile(k, [&](const Region& core) { statistics.add(tile(k, core)); });
            affine_.emplace(k, statistics.affine());
        }
        const auto end = segment_.to;
        auto out = torch::empty({1, program_.channels[end], heights_[end], widths_[end]}, x_.options().memory_format(at::MemoryFormat::ChannelsLast));
        const Region all{{0, heights_[end]}, {0, widths_[end]}};
        for_each_tile(end, [&](const Region& core) { crop(out, all, core).copy_(tile(end, core)); });
        return out;
    }

private:
    static std::ptrdiff_t at(std::size_t step) { return static_cast<std::ptrdiff_t>(step); }

    /// Sides before each step of the program, known from the side at the segment's beginning.
    std::vector<std::int64_t> sizes_from(std::int64_t size) const {
        std::vector<std::int64_t> sizes(program_.steps.size() + 1, 0);
        sizes[segment_.from] = size;
        for (auto k = segment_.from; k < segment_.to; ++k) {
            if (const auto* conv = std::get_if<Convolve>(&program_.steps[k])) size = conv->output_size(size);
            else if (std::holds_alternative<Upsample>(program_.steps[k])) size *= 2;
            sizes[k + 1] = size;
        }
        return sizes;
    }

    /// Calls with each tile's own pixels on the grid of step k's input; together they are the whole picture, each pixel once.
    template <typename Visit> void for_each_tile(std::size_t k, Visit&& visit) const {
        const auto up = heights_[k] / coarse_height_, across = widths_[k] / coarse_width_;
        for (std::int64_t row = 0; row < coarse_height_; row += segment_.cell) {
            for (std::int64_t column = 0; column < coarse_width_; column += segment_.cell) {
                throw_if_stopped(stop_);
                visit(Region{{row * up, std::min(row + segment_.cell, coarse_height_) * up},
                             {column * across, std::min(column + segment_.cell, coarse_width_) * across}});
            }
        }
    }

    /// The input of step `to` in a region.
    torch::Tensor tile(std::size_t to, const Region& core) const {
        const auto regions = needed_regions(program_, heights_, widths_, segment_.from, to, core);
        const Region all{{0, heights_[segment_.from]}, {0, widths_[segment_.from]}};
        auto x = crop(x_, all, regions.front());
        torch::Tensor aside;
        Region aside_region;
        for (auto k = segment_.from; k < to; ++k) {
            const auto& in = regions[k - segment_.from];
            const auto& out = regions[k - segment_.from + 1];
            std::visit(Overloaded{
                           [&](const Branch& branch) {
                               aside = branch.shortcut ? (*branch.shortcut)(x) : x;
                               aside_region = in;
                           },
                           [&](const Merge&) { x.add_(crop(aside, aside_region, in)); },
                           [&](const Convolve& conv) { x = conv(x, in, out, heights_[k], widths_[k]); },
                           [&](const Upsample& upsample) { x = upsample(x, in, out); },
                           [&](const Normalise& norm) {
                               const auto& [scale, offset] = affine_.at(k);
                               x = norm(x, scale, offset);
                           },
                           [&](const Attend&) { fail(ErrorCode::internal, "attention cannot run on a tile"); },
                       },
                       program_.steps[k]);
        }
        return x;
    }

    const Program& program_;
    const Segment& segment_;
    const torch::Tensor& x_;
    const std::stop_token& stop_;
    std::vector<std::int64_t> heights_, widths_;
    std::int64_t coarse_height_ = 0, coarse_width_ = 0;
    std::map<std::size_t, std::pair<torch::Tensor, torch::Tensor>> affine_;
};

}  // namespace

torch::Tensor run(const Program& program, const Plan& plan, torch::Tensor x, const std::stop_token& stop) {
    for (const auto& segment : plan.segments) {
        x = segment.cell == 0 ? run_whole(program, segment, std::move(x), stop) : TiledSegment(program, segment, x, stop).run();
    }
    return x;
}

torch::Tensor run(const Program& program, torch::Tensor x, std::int64_t max_bytes, const std::stop_token& stop) {
    const auto batch = x.size(0);
    const auto plan = make_plan(program, {x.size(2), x.size(3), static_cast<std::int64_t>(x.element_size())}, max_bytes);
    const bool whole = plan.segments.size() == 1 && plan.segments.front().cell == 0;
    if (batch == 1 || (whole && batch * plan.peak_bytes <= max_bytes)) return run(program, plan, std::move(x), stop);
    std::vector<torch::Tensor> each;
    for (std::int64_t b = 0; b < batch; ++b) each.push_back(run(program, plan, x.narrow(0, b, 1), stop));
    return at::cat(each);
}

}  // namespace inference::autoencoder
