// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "inference/model/autoencoder_program.h"

namespace inference::autoencoder {

/// A run of steps [from, to) between two feature maps that lie in memory as a whole.
struct Segment {
    std::size_t from = 0, to = 0;
    std::int64_t cell = 0;  ///< side of a tile on the coarsest grid between the two; 0: the steps run on the whole picture
    bool operator==(const Segment&) const = default;
};

struct Plan {
    std::vector<Segment> segments;
    std::int64_t peak_bytes = 0;
    double multiplications = 0;
};

/// The size of the picture that goes into a program.
struct Extent {
    std::int64_t height = 0, width = 0;
    std::int64_t element_bytes = 4;
};

/// The cheapest way through the program for one picture that stays under `max_bytes`, feature maps and temporaries together.
///
/// Group normalisation needs the whole picture's statistics, so naive tiles differ from one another and show seams. Here a tiled segment
/// first runs its tiles up to each of its norms in turn, only to sum statistics, and then once to its end: the same numbers as
/// untiled but for rounding, whatever the tile size. That costs part of the work again for each norm, so the plan keeps whole
/// feature maps between segments where they fit and tiles only what does not fit otherwise.
///
/// Throws out_of_memory naming what is needed when even the smallest tiles take more.
Plan make_plan(const Program& program, const Extent& extent, std::int64_t max_bytes);

/// What the steps [from, to) read to make `out`: element i is the input of step from + i, the last one is `out` itself.
std::vector<Region> needed_regions(const Program& program, const std::vector<std::int64_t>& heights, const std::vector<std::int64_t>& widths,
                                   std::size_t from, std::size_t to, const Region& out);

}  // namespace inference::autoencoder
