// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/adapter_file.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "inference/core/exception.h"
#include "inference/weights/file_hash.h"
#include "inference/weights/safetensors.h"

namespace inference {
namespace {

constexpr double max_alpha = 1e4;
constexpr const char* own_prefix = "transformer.";
// What tools put in front of a module's path.
constexpr std::string_view prefixes[] = {own_prefix, "base_model.model.", "diffusion_model.", ""};

enum class Part { down, up, alpha };

struct PartName {
    std::string_view suffix;
    Part part;
};
constexpr PartName part_names[] = {{".lora_A.weight", Part::down},
                                   {".lora_B.weight", Part::up},
                                   {".lora_A.default.weight", Part::down},
                                   {".lora_B.default.weight", Part::up},
                                   {".lora_down.weight", Part::down},
                                   {".lora_up.weight", Part::up},
                                   {".alpha", Part::alpha}};

/// The tensors of one matrix by their names in the file.
struct PairNames {
    std::string down, up, alpha;
};

class AdapterReader {
public:
    AdapterReader(const SafetensorsFile& file, const AdapterLayout& layout) : file_(file), layout_(layout) {}

    AdapterWeights read(AdapterInfo& info) {
        sort_names();
        const auto stated = stated_alpha();
        AdapterWeights weights;
        weights.layers.resize(static_cast<std::size_t>(layout_.layers()));
        for (const auto& [place, names] : pairs_) {
            auto pair = read_pair(place.second, names);
            const auto rank = pair.down.size(0);
            const double alpha = alpha_of(names, stated.value_or(static_cast<double>(rank)));
            pair.scale = alpha / static_cast<double>(rank);
            if (rank > info.rank) {
                info.rank = static_cast<int>(rank);
                info.alpha = alpha;
            }
            info.parameters += pair.down.numel() + pair.up.numel();
            weights.layers[static_cast<std::size_t>(place.first)][static_cast<std::size_t>(place.second)] = std::move(pair);
        }
        return weights;
    }

private:
    [[noreturn]] void fail_file(ErrorCode code, const std::string& what) const { fail(code, file_.path() + ": " + what); }
    [[noreturn]] void fail_tensor(const std::string& name, const std::string& what) const {
        fail_file(ErrorCode::corrupt_file, "tensor \"" + shortened(name) + "\" " + what);
    }

    void sort_names() {
        for (const auto& [name, entry] : file_.entries()) {
            const auto* const part =
                std::find_if(std::begin(part_names), std::end(part_names), [&](const auto& each) { return name.ends_with(each.suffix); });
            if (part == std::end(part_names)) {
                fail_file(ErrorCode::unsupported_model, "tensor \"" + shortened(name) + "\" belongs to no LoRA that this version knows");
            }
            const auto place = place_of(name.substr(0, name.size() - part->suffix.size()));
            if (!place) {
                fail_file(ErrorCode::unsupported_model, "acts on \"" + shortened(name) + "\", which the loaded model does not have");
            }
            auto& names = pairs_[*place];
            auto& slot = part->part == Part::down ? names.down : part->part == Part::up ? names.up : names.alpha;
            if (!slot.empty()) fail_tensor(name, "says again what \"" + shortened(slot) + "\" says");
            slot = name;
        }
        if (pairs_.empty()) fail_file(ErrorCode::corrupt_file, "holds no adapter");
        for (const auto& [place, names] : pairs_) {
            if (names.down.empty() || names.up.empty()) {
                fail_file(ErrorCode::corrupt_file, "has one half of the adapter of " + layout_.name(place.first, place.second));
            }
        }
    }

    std::optional<std::pair<std::int64_t, AdaptedMatrix>> place_of(const std::string& module) const {
        for (const auto prefix : prefixes) {
            if (!module.starts_with(prefix)) continue;
            if (const auto place = layout_.find(module.substr(prefix.size()))) return place;
        }
        return std::nullopt;
    }

    LowRankPair read_pair(AdaptedMatrix matrix, const PairNames& names) const {
        const auto& down = file_.entries().at(names.down).shape;
        const auto& up = file_.entries().at(names.up).shape;
        const auto [out, in] = layout_.shape(matrix);
        if (down.size() != 2 || down[1] != in) fail_tensor(names.down, "must be (rank, " + std::to_string(in) + ") for this model");
        if (down[0] < 1 || down[0] > max_adapter_rank) {
            fail_tensor(names.down, "has rank " + std::to_string(down[0]) + "; ranks from 1 to " + std::to_string(max_adapter_rank) + " can be used");
        }
        if (up.size() != 2 || up[0] != out || up[1] != down[0]) {
            fail_tensor(names.up, "must be (" + std::to_string(out) + ", " + std::to_string(down[0]) + ") for this model");
        }
        return {file_.read(names.down).to(torch::kFloat32), file_.read(names.up).to(torch::kFloat32), 1.0};
    }

    double alpha_of(const PairNames& names, double otherwise) const {
        if (names.alpha.empty()) return checked_alpha(otherwise);
        if (file_.entries().at(names.alpha).size > 8) fail_tensor(names.alpha, "must be one number");
        const auto alpha = file_.read(names.alpha);
        if (alpha.numel() != 1) fail_tensor(names.alpha, "must be one number");
        return checked_alpha(alpha.to(torch::kFloat64).item<double>());
    }

    double checked_alpha(double alpha) const {
        if (!std::isfinite(alpha) || std::abs(alpha) > max_alpha) fail_file(ErrorCode::corrupt_file, "its alpha is not a number within reason");
        return alpha;
    }

    /// What the header says for all matrices.
    std::optional<double> stated_alpha() const {
        const auto& metadata = file_.metadata();
        if (const auto found = metadata.find("lora_adapter_metadata"); found != metadata.end()) {
            const auto json = nlohmann::json::parse(found->second, nullptr, false);
            for (const auto* key : {"transformer.lora_alpha", "lora_alpha"}) {
                if (json.is_object() && json.contains(key) && json[key].is_number()) return json[key].get<double>();
            }
        }
        if (const auto found = metadata.find("lora_alpha"); found != metadata.end()) {
            char* end = nullptr;
            const double alpha = std::strtod(found->second.c_str(), &end);
            if (end == found->second.c_str() || *end != '\0') fail_file(ErrorCode::corrupt_file, "lora_alpha in its header is not a number");
            return alpha;
        }
        return std::nullopt;
    }

    const SafetensorsFile& file_;
    const AdapterLayout& layout_;
    std::map<std::pair<std::int64_t, AdaptedMatrix>, PairNames> pairs_;
};

}  // namespace

Adapter read_adapter(const std::string& path, const AdapterLayout& layout, const std::string& model_id, const std::stop_token& stop) {
    const SafetensorsFile file(path);
    Adapter adapter;
    auto& info = adapter.info;
    info.metadata = file.metadata();
    if (const auto found = info.metadata.find("model_id"); found != info.metadata.end()) info.model_id = found->second;
    if (!info.model_id.empty() && info.model_id != model_id) {
        fail(ErrorCode::unsupported_model,
             path + ": was trained on another model (" + shortened(info.model_id).substr(0, 12) + "); the loaded one is " + model_id.substr(0, 12));
    }
    adapter.weights = AdapterReader(file, layout).read(info);
    info.bytes = static_cast<std::int64_t>(file.file().size());
    info.id = sha256_of(file.file(), stop);
    file.file().require_unchanged();
    return adapter;
}

void write_adapter(const std::string& path, const AdapterWeights& weights, const AdapterLayout& layout, int rank, double alpha,
                   const std::string& model_id, std::map<std::string, std::string> metadata) {
    std::map<std::string, torch::Tensor> tensors;
    for (std::int64_t layer = 0; layer < layout.layers(); ++layer) {
        for (std::size_t m = 0; m < num_adapted_matrices; ++m) {
            const auto& pair = weights.layers[static_cast<std::size_t>(layer)][m];
            if (!pair.defined()) continue;
            const auto name = own_prefix + layout.name(layer, static_cast<AdaptedMatrix>(m));
            tensors[name + ".lora_A.weight"] = pair.down;
            tensors[name + ".lora_B.weight"] = pair.up;
        }
    }
    nlohmann::json targets = nlohmann::json::array();
    for (std::size_t m = 0; m < num_adapted_matrices; ++m) {
        const std::string matrix = matrix_name(static_cast<AdaptedMatrix>(m));
        targets.push_back(matrix.substr(matrix.rfind('.') + 1));
    }
    metadata["format"] = "pt";  // safetensors' own word for "as PyTorch stores it"
    metadata["model_id"] = model_id;
    metadata["lora_adapter_metadata"] =
        nlohmann::json{{"transformer.r", rank}, {"transformer.lora_alpha", alpha}, {"transformer.target_modules", targets}}.dump();
    write_safetensors(path, tensors, metadata);
}

}  // namespace inference
