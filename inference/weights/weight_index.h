// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace inference {

/// Tensor name -> file name out of the text of a `model.safetensors.index.json`. A shard is a plain file name: an index cannot point
/// outside its folder. @param name  for messages. Throws corrupt_file naming the field.
std::map<std::string, std::string> parse_weight_index(const std::string& name, const std::string& text);

/// The same out of a file. Throws model_not_found, corrupt_file, io.
std::map<std::string, std::string> read_weight_index(const std::string& path);

}  // namespace inference
