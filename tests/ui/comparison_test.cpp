// SPDX-License-Identifier: Apache-2.0
// Before and after: one key, the same request without the taste.
#include "app/feedback/taste_service.h"
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/errors/message_strip.h"
#include "ui/queue/queue_model.h"
#include "ui/queue/queue_panel.h"
#include "ui/settings/language.h"
#include "ui/theme/theme.h"
#include "ui/viewer/comparison.h"
#include "ui/viewer/comparison_plate.h"
#include "ui/viewer/studio_canvas.h"
#include "ui/window/main_window.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using ui::Comparison;
using ui_test::Studio;

namespace {

const inference::AdapterUse taste{std::string(64, 'a'), 1.0};

struct Opened {
    explicit Opened(Studio& studio) : window(*studio) {
        active = ui_test::present(window);
        canvas().setFocus();
    }
    void key(Qt::Key key) { QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, key); }
    ui::StudioCanvas& canvas() { return *window.findChild<ui::StudioCanvas*>(); }
    ui::ComparisonPlate& plate() { return *window.findChild<ui::ComparisonPlate*>(); }
    Comparison::State state() { return canvas().comparison().state(); }
    QString message() { return window.findChild<ui::MessageStrip*>()->text(); }

    ui::MainWindow window;
    bool active = false;
};

inference::GenerationRequest with(std::vector<inference::AdapterUse> adapters, std::uint64_t seed = 7) {
    auto request = Studio::request(u"a red apple"_s, seed);
    request.adapters = std::move(adapters);
    return request;
}

app::ItemId add(Studio& studio, const inference::GenerationRequest& request, const QString& name) {
    const QString path = studio->paths().images_dir + u'/' + name;
    tests::must(app::writeImage(path, tests::fakePixels(16, 16, 3, request.seed + request.adapters.size()), request, {}));
    return tests::must(studio->library().add(path, request, {16, 16}, false, 1.0, 1));
}

}  // namespace

class ComparisonTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() {
        ui::applyLanguage(*qApp, u"en"_s);
        ui::applyTheme(*qApp, app::Theme::dark);
    }

    void aPictureThatIsThereIsShownAtOnceAndTheKeyLeadsBack() {
        Studio studio;
        const app::ItemId before = add(studio, with({}), u"before.png"_s);
        add(studio, with({}, 8), u"another seed.png"_s);
        const app::ItemId after = add(studio, with({taste}), u"after.png"_s);
        QVERIFY(studio.waitForModel());
        Opened opened(studio);
        QCOMPARE(opened.canvas().currentItem(), std::optional(after));
        opened.key(Qt::Key_B);
        QCOMPARE(opened.canvas().currentItem(), std::optional(before));
        QCOMPARE(opened.window.currentItem(), std::optional(before));  // stars and everything else are about what is seen
        QVERIFY(opened.plate().isVisible());
        QCOMPARE(opened.plate().text(), u"Before"_s);
        ui_test::grab(opened.window, u"comparison_before"_s);
        opened.key(Qt::Key_B);
        QCOMPARE(opened.canvas().currentItem(), std::optional(after));
        QCOMPARE(opened.plate().text(), u"After"_s);
        opened.key(Qt::Key_Escape);
        QVERIFY(!opened.plate().isVisible());
        QCOMPARE(opened.canvas().currentItem(), std::optional(after));
        QVERIFY2(studio->queue().jobs().empty(), "nothing had to be drawn");
    }

    void aPictureThatIsNotThereIsDrawnWithoutTasteAndShownWhenItIsReady() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId after = add(studio, with({taste}), u"after.png"_s);
        Opened opened(studio);
        studio.script->allow(2);
        opened.key(Qt::Key_B);
        QCOMPARE(opened.state(), Comparison::State::waiting);
        QTRY_VERIFY(studio->queue().running() && studio->queue().running()->fraction >= 0.5);
        QCOMPARE(opened.canvas().currentItem(), std::optional(after));  // what one looks at stays
        QTRY_COMPARE(opened.plate().text(), u"Drawing it without your taste · 50 %"_s);
        const app::Job job = *studio->queue().running();
        QVERIFY(job.request.adapters.empty());
        QCOMPARE(job.request.seed, std::uint64_t{7});
        ui::QueuePanel panel(*studio);
        panel.setDrawnToCompare([&](app::JobId id) { return opened.canvas().comparison().drewFor(id); });
        auto* rows = panel.findChild<ui::QueueModel*>();
        QVERIFY(rows->statusAt(0).startsWith(u"Without your taste, to compare · "_s));
        ui_test::grab(opened.window, u"comparison_drawing"_s);
        studio.script->open();
        QTRY_COMPARE(opened.state(), Comparison::State::other);
        QVERIFY(opened.canvas().currentItem() != std::optional(after));
        QVERIFY(tests::must(studio->library().request(*opened.canvas().currentItem())).adapters.empty());
        QCOMPARE(opened.plate().text(), u"Before"_s);
        opened.key(Qt::Key_B);
        QCOMPARE(opened.canvas().currentItem(), std::optional(after));
        opened.key(Qt::Key_B);
        QCOMPARE(studio->queue().jobs().size(), std::size_t{1});
    }

    void aPictureWithoutTasteIsComparedWithTheTasteInUse() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId before = add(studio, with({}), u"before.png"_s);
        QVERIFY(studio->taste().setAdapter(QString::fromStdString(taste.id), 1.0));
        Opened opened(studio);
        opened.key(Qt::Key_B);
        QTRY_COMPARE(opened.state(), Comparison::State::other);
        QCOMPARE(tests::must(studio->library().request(*opened.canvas().currentItem())).adapters, std::vector{taste});
        QCOMPARE(opened.plate().text(), u"After"_s);
        opened.key(Qt::Key_B);
        QCOMPARE(opened.canvas().currentItem(), std::optional(before));
        QCOMPARE(opened.plate().text(), u"Before"_s);
    }

    void withoutAnyTasteItSaysWhyThereIsNothingToCompare() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        add(studio, with({}), u"before.png"_s);
        Opened opened(studio);
        opened.key(Qt::Key_B);
        QCOMPARE(opened.state(), Comparison::State::none);
        QVERIFY2(opened.message().contains(u"drawn without a taste, and none is in use now"_s), qPrintable(opened.message()));
        QVERIFY(studio->queue().jobs().empty());
    }

    void aModelThatIsNotLoadedIsNamedAndNothingIsQueued() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        auto request = with({taste});
        request.model_id = "another-model";
        add(studio, request, u"after.png"_s);
        Opened opened(studio);
        opened.key(Qt::Key_B);
        QCOMPARE(opened.state(), Comparison::State::none);
        QVERIFY2(opened.message().contains(u"drawn by a model that is not known here"_s), qPrintable(opened.message()));
        QVERIFY(studio->queue().jobs().empty());
    }

    void escapeGivesUpAWaitingComparisonAndItsJob() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId after = add(studio, with({taste}), u"after.png"_s);
        Opened opened(studio);
        studio.script->allow(1);
        opened.key(Qt::Key_B);
        QTRY_VERIFY(studio->queue().running());
        const app::JobId job = studio->queue().running()->id;
        opened.key(Qt::Key_Escape);
        QCOMPARE(opened.state(), Comparison::State::none);
        studio.script->open();
        QTRY_COMPARE(studio->queue().find(job)->state, app::JobState::cancelled);
        QCOMPARE(opened.canvas().currentItem(), std::optional(after));
    }

    void whoeverGoesToAnotherPictureIsNotCalledBack() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId older = add(studio, with({}, 99), u"older.png"_s);
        add(studio, with({taste}), u"after.png"_s);
        Opened opened(studio);
        studio.script->allow(1);
        opened.key(Qt::Key_B);
        QTRY_VERIFY(studio->queue().running());
        opened.key(Qt::Key_Right);
        QCOMPARE(opened.canvas().currentItem(), std::optional(older));
        QCOMPARE(opened.state(), Comparison::State::none);
        studio.script->open();
        QTRY_COMPARE(studio->library().items().size(), std::size_t{3});
        QTRY_VERIFY(!studio->generation().isBusy());
        QCOMPARE(opened.canvas().currentItem(), std::optional(older));
    }

    void deletingEitherOfTheTwoEndsIt() {
        Studio studio;
        const app::ItemId before = add(studio, with({}), u"before.png"_s);
        const app::ItemId after = add(studio, with({taste}), u"after.png"_s);
        QVERIFY(studio.waitForModel());
        for (const app::ItemId lost : {before, after}) {
            Opened opened(studio);
            opened.canvas().setCurrentItem(after);
            opened.key(Qt::Key_B);
            QCOMPARE(opened.state(), Comparison::State::other);
            QVERIFY(studio->library().moveToTrash({lost}));
            QCOMPARE(opened.state(), Comparison::State::none);
            QVERIFY(!opened.plate().isVisible());
            QCOMPARE(opened.canvas().currentItem(), std::optional(lost == before ? after : before));
            QVERIFY(studio->library().restoreFromTrash({lost}));
        }
    }

    void aFailedDrawingLeavesThePictureInView() {
        Studio studio;
        QVERIFY(studio.waitForModel());
        const app::ItemId after = add(studio, with({taste}), u"after.png"_s);
        studio.script->error = inference::Error{inference::ErrorCode::io, "the adapter is gone"};
        Opened opened(studio);
        opened.key(Qt::Key_B);
        QTRY_COMPARE(opened.state(), Comparison::State::none);
        QCOMPARE(opened.canvas().currentItem(), std::optional(after));
        QVERIFY(!opened.message().isEmpty());
    }
};

UI_TEST(comparison, ComparisonTest);

#include "comparison_test.moc"
