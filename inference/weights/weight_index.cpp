// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/weight_index.h"

#include <set>

#include "inference/core/exception.h"
#include "inference/weights/config_reader.h"
#include "inference/weights/file_reader.h"

namespace inference {
namespace {

constexpr std::size_t max_index_bytes = 4u << 20;  // a thousand tensors take a tenth of a megabyte
constexpr std::size_t max_shards = 512;            // each holds a descriptor open

bool is_plain_file_name(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

}  // namespace

std::map<std::string, std::string> parse_weight_index(const std::string& name, const std::string& text) {
    const auto index = ConfigReader::from_text(name, text);
    std::map<std::string, std::string> weight_map;
    std::set<std::string> shards;
    const auto listed = index.object("weight_map");
    for (const auto& [tensor, shard] : listed.items()) {
        if (!shard.is_string()) index.fail_corrupt("weight_map", "must map tensor names to file names");
        const auto file = shard.get<std::string>();
        if (!is_plain_file_name(file)) index.fail_corrupt("weight_map", "names a shard outside its folder: \"" + file.substr(0, 200) + "\"");
        shards.insert(file);
        if (shards.size() > max_shards) index.fail_corrupt("weight_map", "names more than " + std::to_string(max_shards) + " shards");
        weight_map.emplace(tensor, file);
    }
    if (weight_map.empty()) index.fail_corrupt("weight_map", "is empty");
    return weight_map;
}

std::map<std::string, std::string> read_weight_index(const std::string& path) {
    return parse_weight_index(path, FileReader::open(path)->read_text(max_index_bytes));
}

}  // namespace inference
