// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/checkpoint.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "inference/core/exception.h"
#include "inference/weights/config_reader.h"

namespace inference {
namespace {

constexpr std::size_t max_index_bytes = 64u << 20;
constexpr std::size_t max_shards = 4096;

std::string shape_text(at::IntArrayRef shape) {
    std::ostringstream text;
    text << shape;
    return text.str();
}

/// Tensor name -> file name out of an index JSON. A shard must be a plain file name: an index cannot point outside its folder.
std::map<std::string, std::string> read_weight_map(const std::string& path) {
    const auto index = ConfigReader::from_file(path, max_index_bytes);
    std::map<std::string, std::string> weight_map;
    const auto listed = index.object("weight_map");
    for (const auto& [name, shard] : listed.items()) {
        if (!shard.is_string()) index.fail_corrupt("weight_map", "must map tensor names to file names");
        const auto file = shard.get<std::string>();
        if (file.empty() || file.find('/') != std::string::npos || file.find('\0') != std::string::npos || file == "..") {
            index.fail_corrupt("weight_map", "names a shard outside its folder: \"" + file + "\"");
        }
        weight_map.emplace(name, file);
    }
    return weight_map;
}

}  // namespace

Checkpoint::Checkpoint(const std::string& folder, const std::string& stem) : folder_(folder) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const std::string single = folder + "/" + stem + ".safetensors";
    const std::string index = single + ".index.json";
    if (!fs::exists(index, ignored)) {
        add(single, nullptr);
        return;
    }
    const auto weight_map = read_weight_map(index);
    std::set<std::string> shards;
    for (const auto& [name, shard] : weight_map) shards.insert(shard);
    if (shards.size() > max_shards) fail(ErrorCode::corrupt_file, index + ": names " + std::to_string(shards.size()) + " shards");
    for (const auto& shard : shards) add(folder + "/" + shard, &weight_map);
    for (const auto& [name, shard] : weight_map) {
        if (!has(name)) fail(ErrorCode::corrupt_file, index + ": tensor \"" + name + "\" is not in " + shard);
    }
}

void Checkpoint::add(const std::string& path, const std::map<std::string, std::string>* weight_map) {
    auto file = std::make_shared<const SafetensorsFile>(path);
    const auto file_name = std::filesystem::path(path).filename().string();
    for (const auto& [name, entry] : file->entries()) {
        if (weight_map != nullptr) {
            const auto listed = weight_map->find(name);
            if (listed == weight_map->end() || listed->second != file_name) {
                fail(ErrorCode::corrupt_file, path + ": tensor \"" + name + "\" is not where the index says");
            }
        }
        files_.emplace(name, file);
    }
    paths_.push_back(path);
}

torch::Tensor Checkpoint::view(const std::string& name, at::IntArrayRef shape) const {
    const auto found = files_.find(name);
    if (found == files_.end()) fail(ErrorCode::corrupt_file, folder_ + ": tensor \"" + name + "\" is missing");
    const auto& file = *found->second;
    const auto& stored = file.entries().at(name).shape;
    if (at::IntArrayRef(stored) != shape) {
        fail(ErrorCode::corrupt_file,
             file.path() + ": tensor \"" + name + "\" is " + shape_text(stored) + " where the config asks for " + shape_text(shape));
    }
    return file.view(name);
}

torch::Tensor Checkpoint::load(const std::string& name, at::IntArrayRef shape, const Placement& placement) const {
    return view(name, shape).to(placement.device, placement.dtype);
}

}  // namespace inference
