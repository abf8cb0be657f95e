// SPDX-License-Identifier: Apache-2.0
#include "inference/model/autoencoder_plan.h"

#include <algorithm>
#include <limits>
#include <string>

#include "inference/core/exception.h"
#include "inference/core/memory.h"

namespace inference::autoencoder {
namespace {

constexpr std::int64_t cells[] = {256, 128, 64, 32, 16, 8};  // on the coarsest grid of a segment

template <typename Kind> bool is(const Program& program, std::size_t step) { return std::holds_alternative<Kind>(program.steps[step]); }

class Planner {
public:
    Planner(const Program& program, const Extent& extent) :
        program_(program), element_(extent.element_bytes), heights_(program.sizes(extent.height)), widths_(program.sizes(extent.width)) {}

    Plan cheapest(std::int64_t max_bytes) const {
        const auto end = program_.steps.size();
        const auto at_once = whole_option(0, end);
        if (at_once.bytes <= max_bytes) return {{at_once.segment}, at_once.bytes, at_once.cost};
        std::vector<Best> best(end + 1);
        best[0].cost = 0;
        std::int64_t least_missing = std::numeric_limits<std::int64_t>::max();
        for (std::size_t from = 0; from < end; ++from) {
            if (program_.skipped[from] != 0 || best[from].cost == unreachable) continue;
            for (std::size_t to = from + 1; to <= end; ++to) {
                if (program_.skipped[to] != 0) continue;
                for (const auto& option : options(from, to)) {
                    if (option.bytes > max_bytes) {
                        if (best[to].cost == unreachable) least_missing = std::min(least_missing, option.bytes);
                        continue;
                    }
                    if (best[from].cost + option.cost < best[to].cost) best[to] = {best[from].cost + option.cost, option};
                }
            }
        }
        if (best[end].cost == unreachable) {
            fail(ErrorCode::out_of_memory,
                 "the autoencoder needs at least " + format_bytes(least_missing) + " for a picture of this size; " + format_bytes(max_bytes) +
                     " are allowed");
        }
        Plan plan;
        plan.multiplications = best[end].cost;
        for (auto at = end; at > 0; at = best[at].last.segment.from) {
            plan.segments.insert(plan.segments.begin(), best[at].last.segment);
            plan.peak_bytes = std::max(plan.peak_bytes, best[at].last.bytes);
        }
        return plan;
    }

private:
    static constexpr double unreachable = std::numeric_limits<double>::infinity();
    struct Option {
        Segment segment;
        std::int64_t bytes = 0;
        double cost = 0;
    };
    struct Best {
        double cost = unreachable;
        Option last;
    };

    std::vector<Option> options(std::size_t from, std::size_t to) const {
        std::vector<Option> all = {whole_option(from, to)};
        for (auto k = from; k < to; ++k) {
            if (is<Attend>(program_, k)) return all;  // each pixel sees the whole picture
        }
        const auto coarse = std::min(*std::min_element(heights_.begin() + index(from), heights_.begin() + index(to) + 1),
                                     *std::min_element(widths_.begin() + index(from), widths_.begin() + index(to) + 1));
        for (const auto cell : cells) {
            if (cell < coarse) all.push_back(tiled_option(from, to, cell));
        }
        return all;
    }

    static std::ptrdiff_t index(std::size_t step) { return static_cast<std::ptrdiff_t>(step); }
    double area(std::size_t k) const { return static_cast<double>(heights_[k]) * static_cast<double>(widths_[k]); }
    std::int64_t map_bytes(std::size_t k) const { return heights_[k] * widths_[k] * program_.channels[k] * element_; }

    /// Bytes that live while step k turns `in` pixels into `out` pixels, `aside` pixels of residual lying by.
    std::int64_t live_bytes(std::size_t k, std::int64_t in, std::int64_t out, std::int64_t aside, bool tile) const {
        const auto C = program_.channels[k], C_out = program_.channels[k + 1];
        auto bytes = (in * C + out * C_out + aside * program_.skipped[k]) * element_;
        if (is<Branch>(program_, k)) bytes = in * (C + program_.skipped[k + 1]) * element_;
        if (is<Merge>(program_, k)) bytes = (in * C + aside * program_.skipped[k]) * element_;
        if (is<Attend>(program_, k)) bytes += in * 6 * C * element_;
        if (is<Normalise>(program_, k) && tile && element_ != 4) bytes += 2 * in * C * 4;
        const auto* conv = std::get_if<Convolve>(&program_.steps[k]);
        if (conv != nullptr && (tile || conv->stride == 2)) bytes += in * C * element_;  // a padded or cropped copy
        return bytes;
    }

    Option whole_option(std::size_t from, std::size_t to) const {
        Option option{{from, to, 0}, 0, 0};
        for (auto k = from; k < to; ++k) {
            const auto in = heights_[k] * widths_[k], out = heights_[k + 1] * widths_[k + 1];
            option.bytes = std::max(option.bytes, live_bytes(k, in, out, in, false));
            option.cost += program_.multiplications(k, area(k));
        }
        return option;
    }

    Option tiled_option(std::size_t from, std::size_t to, std::int64_t cell) const {
        const auto coarse_height = *std::min_element(heights_.begin() + index(from), heights_.begin() + index(to) + 1);
        const auto coarse_width = *std::min_element(widths_.begin() + index(from), widths_.begin() + index(to) + 1);
        const double tiles = static_cast<double>((coarse_height + cell - 1) / cell) * static_cast<double>((coarse_width + cell - 1) / cell);
        // A tile in the middle has the most neighbours.
        const auto row = (coarse_height / cell / 2) * cell, column = (coarse_width / cell / 2) * cell;
        const auto core = [&](std::size_t k) {
            const auto up = heights_[k] / coarse_height, across = widths_[k] / coarse_width;
            return Region{{row * up, std::min(row + cell, coarse_height) * up}, {column * across, std::min(column + cell, coarse_width) * across}};
        };
        Option option{{from, to, cell}, 0, 0};
        std::int64_t tile_bytes = 0;
        for (auto end = from; end <= to; ++end) {
            if (end != to && !is<Normalise>(program_, end)) continue;
            const auto regions = needed_regions(program_, heights_, widths_, from, end, core(end));
            std::int64_t aside = 0;
            for (auto k = from; k < end; ++k) {
                const auto in = regions[k - from].area(), out = regions[k - from + 1].area();
                if (is<Branch>(program_, k)) aside = in;
                tile_bytes = std::max(tile_bytes, live_bytes(k, in, out, aside, true));
                option.cost += tiles * program_.multiplications(k, static_cast<double>(in));
            }
        }
        option.bytes = map_bytes(from) + map_bytes(to) + tile_bytes;
        return option;
    }

    const Program& program_;
    std::int64_t element_;
    std::vector<std::int64_t> heights_, widths_;
};

}  // namespace

Plan make_plan(const Program& program, const Extent& extent, std::int64_t max_bytes) { return Planner(program, extent).cheapest(max_bytes); }

std::vector<Region> needed_regions(const Program& program, const std::vector<std::int64_t>& heights, const std::vector<std::int64_t>& widths,
                                   std::size_t from, std::size_t to, const Region& out) {
    std::vector<Region> regions(to - from + 1);
    regions.back() = out;
    for (auto k = to; k-- > from;) {
        const auto& after = regions[k - from + 1];
        auto& before = regions[k - from];
        if (const auto* conv = std::get_if<Convolve>(&program.steps[k])) {
            before = {conv->input_span(after.rows, heights[k]), conv->input_span(after.columns, widths[k])};
        } else if (std::holds_alternative<Upsample>(program.steps[k])) {
            before = {Upsample::input_span(after.rows), Upsample::input_span(after.columns)};
        } else {
            before = after;
        }
    }
    return regions;
}

}  // namespace inference::autoencoder
