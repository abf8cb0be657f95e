// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/file_hash.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/inference/refusal.h"
#include "tests/support/temporary_folder.h"

namespace {

using inference::ErrorCode;
using inference::FileHashCache;

const std::string hash_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // FIPS 180-4's example

TEST(FileHash, isSha256) {
    const tests::TemporaryFolder folder;
    EXPECT_EQ(inference::sha256_of_text("abc"), hash_of_abc);
    EXPECT_EQ(inference::sha256_of_text(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(inference::sha256_of_file(folder.write("abc", "abc"), {}), hash_of_abc);
}

TEST(FileHash, isTheSameInPiecesAsInOne) {
    const tests::TemporaryFolder folder;
    const std::string text(20'000'001, 'x');  // several chunks and a rest
    EXPECT_EQ(inference::sha256_of_file(folder.write("long", text), {}), inference::sha256_of_text(text));
}

TEST(FileHash, saysWhichFileIsMissing) {
    const tests::TemporaryFolder folder;
    tests::expect_refusal(
        ErrorCode::model_not_found, [&] { inference::sha256_of_file(folder.file("none"), {}); }, "none");
}

TEST(FileHash, stopsOnRequest) {
    const tests::TemporaryFolder folder;
    std::stop_source source;
    source.request_stop();
    const auto path = folder.write("abc", "abc");
    tests::expect_refusal(ErrorCode::cancelled, [&] { inference::sha256_of_file(path, source.get_token()); });
    FileHashCache cache(folder.path());
    tests::expect_refusal(ErrorCode::cancelled, [&] { cache.sha256(path, source.get_token()); });
    EXPECT_EQ(cache.sha256(path, {}), hash_of_abc);
}

TEST(FileHash, isRememberedUntilTheFileChanges) {
    const tests::TemporaryFolder folder;
    const auto path = folder.write("model", "abc"), cache_path = folder.file("cache");
    {
        FileHashCache cache(cache_path);
        EXPECT_EQ(cache.sha256(path, {}), hash_of_abc);
        cache.save();
    }
    // A stopped token proves that a remembered hash needs no reading.
    std::stop_source stopped;
    stopped.request_stop();
    FileHashCache again(cache_path);
    EXPECT_EQ(again.sha256(path, stopped.get_token()), hash_of_abc);
    folder.write("model", "abcd");
    tests::expect_refusal(ErrorCode::cancelled, [&] { again.sha256(path, stopped.get_token()); });
    EXPECT_EQ(again.sha256(path, {}), inference::sha256_of_text("abcd"));
}

TEST(FileHash, standsADamagedCache) {
    const tests::TemporaryFolder folder;
    const auto path = folder.write("model", "abc");
    for (const std::string text : {"", "{", "[]", "{\"a\": 1}", "\xff", "{\"a\": \"short\"}"}) {
        folder.write("cache/file-hashes.json", text);
        FileHashCache cache(folder.file("cache"));
        EXPECT_EQ(cache.sha256(path, {}), hash_of_abc);
        cache.save();
        EXPECT_EQ(FileHashCache(folder.file("cache")).sha256(path, {}), hash_of_abc);
    }
}

TEST(FileHash, worksWithoutACacheAndWithOneThatCannotBeWritten) {
    const tests::TemporaryFolder folder;
    const auto path = folder.write("model", "abc");
    for (const std::string& cache_path : {std::string(), path + "/not-a-folder", std::string("/proc/fuselight")}) {
        FileHashCache cache(cache_path);
        EXPECT_EQ(cache.sha256(path, {}), hash_of_abc);
        cache.save();
    }
}

}  // namespace
