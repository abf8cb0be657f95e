// SPDX-License-Identifier: Apache-2.0
#include "inference/sampling/sampler.h"

namespace inference {

SamplerState SamplerState::only(const torch::Tensor& rows) const {
    const auto of = [&](const torch::Tensor& x) { return x.defined() ? x.index_select(0, rows.to(x.device())) : x; };
    return {of(latents), step, of(velocity)};
}

Integrator integrator_of(Sampler sampler) {
    switch (sampler) {
    case Sampler::euler: return sample_euler;
    case Sampler::heun: return sample_heun;
    case Sampler::multistep2: return sample_multistep2;
    }
    return sample_euler;
}

int model_evaluations(Sampler sampler, int steps) { return sampler == Sampler::heun ? 2 * steps - 1 : steps; }

}  // namespace inference
