// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace tests {

/// Where packaging/run.sh puts the text model, or FUSELIGHT_TEXT_MODEL.
inline std::string text_model_folder() {
    if (const char* named = std::getenv("FUSELIGHT_TEXT_MODEL")) return named;
    std::string cache;
    if (const char* moved = std::getenv("FUSELIGHT_CACHE")) cache = moved;
    else if (const char* xdg = std::getenv("XDG_CACHE_HOME")) cache = std::string(xdg) + "/fuselight";
    else if (const char* home = std::getenv("HOME")) cache = std::string(home) + "/.cache/fuselight";
    return cache + "/models/gemma-3-270m";
}

inline bool has_text_model() { return std::filesystem::exists(text_model_folder() + "/model.safetensors"); }

inline bool in_ci() {
    const char* ci = std::getenv("CI");
    return ci != nullptr && std::string(ci) == "true";
}

}  // namespace tests

/// Leaves the test when the text model is not on this machine; in CI that is a failure, since a skipped proof proves nothing.
#define REQUIRE_TEXT_MODEL()                                                                                                                         \
    if (!tests::has_text_model()) {                                                                                                                  \
        if (tests::in_ci()) FAIL() << "the text model is not in " << tests::text_model_folder();                                                     \
        GTEST_SKIP() << "the text model is not in " << tests::text_model_folder() << "; packaging/run.sh --setup-only gets it";                      \
    }                                                                                                                                                \
    static_assert(true)
