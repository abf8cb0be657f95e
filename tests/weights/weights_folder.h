// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include <torch/types.h>

#include "inference/core/exception.h"
#include "inference/weights/safetensors.h"

namespace tests {

/// A fresh folder for one test, gone with it.
class WeightsFolder : public testing::Test {
protected:
    WeightsFolder() {
        std::string name = testing::TempDir() + "fuselight-weights-XXXXXX";
        folder_ = mkdtemp(name.data());
    }
    ~WeightsFolder() override { std::filesystem::remove_all(folder_); }

    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    void write(const std::string& name, const std::string& bytes) const { std::ofstream(path(name), std::ios::binary) << bytes; }
    void write(const std::string& name, const std::map<std::string, torch::Tensor>& tensors) const {
        inference::write_safetensors(path(name), tensors);
    }

    std::string folder_;
};

/// The error that `work` ends with; a success fails the test.
inline inference::Error error_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const inference::Exception& exception) {
        return exception.error();
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
}

/// Expects `work` to be refused with `code` and a sentence that holds every one of `words`.
inline void expect_refused(const std::function<void()>& work, inference::ErrorCode code, const std::vector<std::string>& words) {
    const auto error = error_of(work);
    EXPECT_EQ(error.code, code) << error.detail;
    for (const auto& word : words) EXPECT_NE(error.detail.find(word), std::string::npos) << "\"" << word << "\" is not in: " << error.detail;
    EXPECT_LT(error.detail.size(), 2000u);
}

}  // namespace tests
