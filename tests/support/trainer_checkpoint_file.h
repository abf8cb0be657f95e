// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace tests {

/// A float32 tensor for trainer_checkpoint_file().
struct CheckpointTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::string bytes;
};

namespace trainer_checkpoint {

inline std::string little(std::uint64_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes.push_back(i < 8 ? static_cast<char>(value >> (8 * i)) : 0);
    return bytes;
}

/// A pickled string, and a pickled number.
inline std::string text(const std::string& value) { return std::string("X").append(little(value.size(), 4)).append(value); }
inline std::string number(std::int64_t value) { return std::string("J").append(little(static_cast<std::uint64_t>(value), 4)); }

inline std::string pickle(const std::vector<CheckpointTensor>& tensors) {
    std::ostringstream out;
    out << "\x80\x02}(";  // protocol 2, an empty dictionary, the mark under its items
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto& tensor = tensors[i];
        auto stride = static_cast<std::int64_t>(tensor.bytes.size() / sizeof(float));
        out << text(tensor.name) << "ctorch._utils\n_rebuild_tensor_v2\n((" << text("storage") << "ctorch\nFloatStorage\n"
            << text(std::to_string(i)) << text("cpu") << number(stride) << "tQ" << number(0) << "(";
        std::string strides;
        for (const auto side : tensor.shape) {
            stride /= side;
            out << number(side);
            strides.append(number(stride));
        }
        out << "t(" << strides << "t\x89"
            << "ccollections\nOrderedDict\n)RtR";
    }
    out << "u.";
    return out.str();
}

}  // namespace trainer_checkpoint

/// The bytes of a file as torch.save writes a state dict: a zip archive of stored members, `data.pkl` and one member for each tensor. Needs no
/// torch. The archive's checksums are left at 0.
inline std::string trainer_checkpoint_file(const std::vector<CheckpointTensor>& tensors) {
    using trainer_checkpoint::little;
    std::ostringstream archive, directory;
    std::uint64_t offset = 0, count = 0;
    const auto add = [&](const std::string& name, const std::string& contents) {
        // Version, flags, method (stored), time, date, checksum, sizes, length of the name and of what follows it.
        const auto size = little(contents.size(), 4);
        const auto header = little(20, 2).append(little(0, 12)).append(size).append(size).append(little(name.size(), 2)).append(little(0, 2));
        archive << "PK\x03\x04" << header << name << contents;
        directory << "PK\x01\x02" << little(20, 2) << header << little(0, 10) << little(offset, 4) << name;
        offset += 4 + header.size() + name.size() + contents.size();
        ++count;
    };
    add("archive/data.pkl", trainer_checkpoint::pickle(tensors));
    for (std::size_t i = 0; i < tensors.size(); ++i) add("archive/data/" + std::to_string(i), tensors[i].bytes);
    const auto listed = directory.str();
    archive << listed << "PK\x05\x06" << little(0, 4) << little(count, 2) << little(count, 2) << little(listed.size(), 4) << little(offset, 4)
            << little(0, 2);
    return archive.str();
}

}  // namespace tests
