// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "inference/api/generation_request.h"
#include "inference/learning/adapter_file.h"

namespace inference {

/// The adapters of a folder, FOLDER/<id>/adapter.safetensors. Those used last stay in memory, so that changing a strength, or going back to
/// another adapter, costs no more than stacking its matrices.
class AdapterStore {
public:
    /// @param folder  empty: there are none.
    explicit AdapterStore(std::string folder) : folder_(std::move(folder)) {}

    /// The sum of the adapters whose strength is not 0; empty when there is none.
    /// Throws invalid_request (no such adapter), corrupt_file (also: its contents are not what its id says), unsupported_model, io, cancelled.
    std::vector<LayerLowRank> stack(const std::vector<AdapterUse>& uses, const AdapterLayout& layout, const std::string& model_id,
                                    const Placement& placement, const std::stop_token& stop);

    /// Frees what can be read again.
    void forget();

private:
    std::shared_ptr<const Adapter> load(const std::string& id, const AdapterLayout& layout, const std::string& model_id, const std::stop_token& stop);

    std::string folder_;
    std::list<std::shared_ptr<const Adapter>> loaded_;  ///< most recently used first
    std::vector<AdapterUse> last_uses_;
    Placement last_placement_;
    std::vector<LayerLowRank> last_stack_;
};

}  // namespace inference
