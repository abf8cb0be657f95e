// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace inference {

inline constexpr std::int64_t every_layer = std::numeric_limits<std::int64_t>::max();

/// How the layers of a model are loaded.
struct LayerLoading {
    std::int64_t resident_layers = every_layer;    ///< that stay in memory
    std::function<void(double)> on_fraction = {};  ///< after each layer, 0 to 1; may throw to stop; may be empty
};

/// The layers of a model. The first ones stay in memory, as many as there is room for; each of the others is read anew whenever it is its
/// turn and forgotten with the pointer that holds it. Where a layer comes from changes nothing that it computes.
template <typename Layer> class LayerStack {
public:
    using Read = std::function<Layer(std::int64_t index)>;
    using ReadAhead = std::function<void(std::int64_t index)>;
    using Seen = std::function<void(const Layer& layer)>;

    LayerStack() = default;

    /// Reads every layer once, so that what is wrong with one is known before it is needed, and keeps the first ones.
    /// @param read        throws what is wrong with the layer.
    /// @param read_ahead  a hint that the layer will be asked for soon.
    /// @param seen        is shown each layer in turn, during construction only.
    LayerStack(std::int64_t count, const LayerLoading& loading, Read read, ReadAhead read_ahead, const Seen& seen) :
        count_(count), read_(std::move(read)), read_ahead_(std::move(read_ahead)) {
        for (std::int64_t i = 0; i < count; ++i) {
            auto layer = std::make_shared<const Layer>(read_(i));
            seen(*layer);
            if (i < loading.resident_layers) resident_.push_back(std::move(layer));
            if (loading.on_fraction) loading.on_fraction(static_cast<double>(i + 1) / static_cast<double>(count));
        }
    }

    std::int64_t size() const noexcept { return count_; }
    std::int64_t resident() const noexcept { return static_cast<std::int64_t>(resident_.size()); }

    /// Keeps `resident` layers at most: the others are read from now on.
    void keep_only(std::int64_t resident) { resident_.resize(static_cast<std::size_t>(std::clamp<std::int64_t>(resident, 0, this->resident()))); }

    std::shared_ptr<const Layer> operator[](std::int64_t index) const {
        if (index < resident()) return resident_[static_cast<std::size_t>(index)];
        auto layer = std::make_shared<const Layer>(read_(index));
        // The next layer comes from the disk while this one computes; after the last one the first that is read comes again.
        if (const auto next = index + 1 < count_ ? index + 1 : resident(); next != index) read_ahead_(next);
        return layer;
    }

private:
    std::int64_t count_ = 0;
    std::vector<std::shared_ptr<const Layer>> resident_;
    Read read_;
    ReadAhead read_ahead_;
};

}  // namespace inference
