// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace inference {

/// A folder that was absent or empty, and is so again unless what was written into it is kept.
class FreshFolder {
public:
    /// Throws invalid_request (something is there), io.
    explicit FreshFolder(std::string path);
    ~FreshFolder();
    FreshFolder(const FreshFolder&) = delete;
    FreshFolder& operator=(const FreshFolder&) = delete;

    const std::string& path() const noexcept { return path_; }
    void keep() noexcept { kept_ = true; }

private:
    std::string path_;
    bool existed_;
    bool kept_ = false;
};

}  // namespace inference
