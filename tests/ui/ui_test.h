// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <functional>
#include <memory>

namespace ui_test {

/// One panel's tests: a QObject with private slots, under the name that CTest calls it by.
void registerTest(const char* panel, std::function<std::unique_ptr<QObject>()> make);

template <typename Test> struct Registration {
    explicit Registration(const char* panel) {
        registerTest(panel, [] { return std::make_unique<Test>(); });
    }
};

}  // namespace ui_test

/// UI_TEST(gallery, GalleryTest) in tests/ui/gallery_test.cpp makes GalleryTest run as `ui_tests gallery`.
#define UI_TEST(panel, Test) static const ui_test::Registration<Test> registration_of_##Test(#panel)
