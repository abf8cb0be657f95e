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
    std::int64_t candidates = 1;                            ///< of each image
    std::int64_t rows_together = 0;                         ///< pictures that run through the model at once; 0: all candidates of a batch's images
    std::int64_t seen_together = 1;                         ///< candidates whose features are read at once
};

/// Pictures of a job that run through the model at once.
std::int64_t rows_at_once(const JobSize& job);

/// Bytes that a job takes beside the resident weights at its peak: the largest of the transformer's step, one image's decode and, with
/// candidates, what reads their features, from the shapes of the config. An upper bound within about two times of what is measured
/// (tests/inference).
std::int64_t estimate_job_bytes(const PipelineConfig& config, const Placement& placement, const JobSize& job);

/// Of a batch's candidates, how many can run through the model at once in `available` bytes: all, or the largest equal part of them that fits; one
/// where none does.
std::int64_t rows_that_fit(const PipelineConfig& config, const Placement& placement, JobSize job, std::int64_t available);

/// One picture of the native size with the longest prompt, decoded with modest means: what must fit beside the weights.
JobSize native_job(const PipelineConfig& config);

/// Throws out_of_memory naming both amounts when `needed` exceeds what the machine and the cgroup leave.
void require_memory(std::int64_t needed, std::int64_t available, const JobSize& job);

}  // namespace inference
