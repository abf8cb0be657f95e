// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "inference/core/placement.h"
#include "inference/model/model_config.h"

namespace inference {

/// The size of a job, as far as memory goes.
struct JobSize {
    std::int64_t width = 0, height = 0;  ///< pixels
    std::int64_t batch_size = 1;         ///< images at once
    std::int64_t num_images = 1;
    std::int64_t prompt_tokens = 1;                         ///< the longer of prompt and negative prompt
    bool guided = true;                                     ///< two passes an image
    bool keeps_latents = false;                             ///< the final latents of all images are held until the end
    std::int64_t max_decode_bytes = std::int64_t{1} << 62;  ///< AutoencoderLimits::max_bytes; beyond it the decode runs in tiles
};

/// Bytes that a job takes beside the resident weights at its peak: the larger of the transformer's step and one image's decode, from the
/// shapes of the config. An upper bound within about two times of what is measured (tests/inference).
std::int64_t estimate_job_bytes(const PipelineConfig& config, const Placement& placement, const JobSize& job);

/// One picture of the native size with the longest prompt, decoded with modest means: what must fit beside the weights.
JobSize native_job(const PipelineConfig& config);

/// Throws out_of_memory naming both amounts when `needed` exceeds what the machine and the cgroup leave.
void require_memory(std::int64_t needed, std::int64_t available, const JobSize& job);

}  // namespace inference
