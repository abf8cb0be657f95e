// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/taste/pair_grid.h"
#include "ui/taste/strength_dial.h"
#include "ui/taste/taste_page.h"
#include "ui/taste/thumbnail_row.h"
#include "ui/taste/training_card.h"
#include "ui/taste/trait_row.h"
#include "ui/taste/version_evidence.h"
#include "ui/taste/version_row.h"
#include "ui/taste/win_rate_bar.h"
#include "ui/theme/theme.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QToolButton>

using namespace Qt::StringLiterals;
using ui::TasteFacts;
using ui::TasteVersion;
using ui::TrainingFacts;

namespace {

/// The page over a library with a few pictures.
class Page final {
public:
    Page() : page(studio->library(), studio->thumbnails()) {
        for (std::uint64_t seed = 1; seed <= 4; ++seed) pictures.append(studio.add(u"picture %1"_s.arg(seed), seed));
        page.resize(1000, 900);
    }
    QString headline() const { return page.findChild<QLabel*>(u"taste_headline"_s)->text(); }
    QPushButton* start() { return page.training().findChild<QPushButton*>(u"start_training"_s); }
    QAbstractButton* pause() { return page.training().findChild<QAbstractButton*>(u"pause_training"_s); }

    ui_test::Studio studio;
    QList<app::ItemId> pictures;
    ui::TastePage page;
};

TasteVersion accepted(int number) {
    TasteVersion version;
    version.id = u"version-%1"_s.arg(number);
    version.number = number;
    version.made_at = QDateTime::currentDateTimeUtc();
    version.signals_used = 60;
    version.verdict = TasteVersion::Verdict::accepted;
    version.win_rate = ui::WinRate{0.72, 0.64, 0.79, 96};
    return version;
}

TasteVersion base() {
    TasteVersion version;
    version.verdict = TasteVersion::Verdict::base;
    return version;
}

}  // namespace

class TasteTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theDialReachesFromTheBaseToTwiceTheTaste() {
        ui::StrengthDial dial;
        QCOMPARE(dial.percent(), 100);
        QSignalSpy chosen(&dial, &ui::StrengthDial::percentChosen);
        dial.setPercent(-5);
        QCOMPARE(dial.percent(), 0);
        dial.setPercent(999);
        QCOMPARE(dial.percent(), 200);
        QCOMPARE(chosen.count(), 0);
    }

    void keysTurnTheDialAndAreAChoice() {
        ui::StrengthDial dial;
        QVERIFY(ui_test::present(dial));
        auto* slider = dial.findChild<QSlider*>();
        QSignalSpy chosen(&dial, &ui::StrengthDial::percentChosen);
        QTest::keyClick(slider, Qt::Key_Right);
        QCOMPARE(dial.percent(), 105);
        QTest::keyClick(slider, Qt::Key_Home);
        QCOMPARE(dial.percent(), 0);
        QCOMPARE(chosen.count(), 2);
    }

    void aDoubleClickBringsTheProvenStrengthBack() {
        ui::StrengthDial dial;
        QVERIFY(ui_test::present(dial));
        dial.setPercent(170);
        QTest::mouseDClick(dial.findChild<QSlider*>(), Qt::LeftButton, {}, {3, 8});
        QCOMPARE(dial.percent(), 100);
    }

    void theWheelTurnsItOnlyWhenItHasTheKeyboard() {
        QWidget window;
        ui::StrengthDial dial(&window);
        dial.resize(240, 28);
        window.resize(260, 60);
        QVERIFY(ui_test::present(window));
        auto* slider = dial.findChild<QSlider*>();
        slider->clearFocus();
        ui_test::wheel(*slider, {20, 8}, 1);
        QCOMPARE(dial.percent(), 100);
        slider->setFocus();
        ui_test::wheel(*slider, {20, 8}, 1);
        QVERIFY(dial.percent() != 100);
    }

    void atZeroTheNumberIsGrey() {
        ui::StrengthDial dial;
        dial.setPercent(0);
        const auto labels = dial.findChildren<QLabel*>();
        QVERIFY(!labels.last()->isEnabled());
        QVERIFY(labels.last()->text().contains(u'0'));
        dial.setPercent(40);
        QVERIFY(labels.last()->isEnabled());
    }

    void thePageSaysHowMuchIsMissingBeforeItClaimsAnything() {
        Page opened;
        TasteFacts facts;
        facts.profile = u"Mine"_s;
        facts.stars = 7;
        facts.needed = 5;
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        QVERIFY2(opened.headline().contains(u'5'), qPrintable(opened.headline()));
        QVERIFY(!opened.page.findChild<QProgressBar*>()->isVisible());
        facts.needed = 0;
        opened.page.setFacts(facts);
        QVERIFY2(!opened.headline().contains(u'%'), "no number before the head has shown that it knows something");
        facts.speaks = true;
        facts.explained = 0.43;
        opened.page.setFacts(facts);
        QVERIFY(opened.headline().contains(u"43"_s));
    }

    void aTraitIsShownWithPicturesFromBothEnds() {
        Page opened;
        TasteFacts facts;
        facts.traits = {{u"Warm colours"_s, 0.6, {opened.pictures[0], opened.pictures[1]}, {opened.pictures[2]}}};
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        const auto rows = opened.page.findChildren<ui::ThumbnailRow*>();
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[0]->count(), 2);
        QSignalSpy wanted(&opened.page, &ui::TastePage::pictureWanted);
        QTest::mouseClick(rows[1], Qt::LeftButton, {}, {10, 10});
        QCOMPARE(wanted.count(), 1);
        QVERIFY(wanted.first().first().value<app::ItemId>() == opened.pictures[2]);
        facts.traits.clear();
        opened.page.setFacts(facts);
        QVERIFY(opened.page.findChildren<ui::TraitRow*>().isEmpty());
    }

    void aPictureThatWasDeletedIsLeftOut() {
        Page opened;
        tests::must(opened.studio->library().moveToTrash({opened.pictures[0]}));
        ui::ThumbnailRow row(opened.studio->library(), opened.studio->thumbnails());
        row.setItems({opened.pictures[0], opened.pictures[1]});
        QCOMPARE(row.count(), 1);
    }

    void aWinRateIsToldWithItsIntervalAndCount() {
        const QString words = ui::WinRateBar::words({0.72, 0.64, 0.79, 96});
        for (const auto& part : {u"72"_s, u"64"_s, u"79"_s, u"96"_s}) QVERIFY2(words.contains(part), qPrintable(words));
    }

    void everyVersionLeadsBack() {
        Page opened;
        TasteFacts facts;
        auto newest = accepted(2);
        newest.in_use = true;
        facts.versions = {newest, accepted(1), base()};
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        QSignalSpy use(&opened.page, &ui::TastePage::versionUseWanted);
        const auto buttons = opened.page.findChildren<QPushButton*>(u"use_version"_s);
        QCOMPARE(buttons.size(), 3);
        QVERIFY(!buttons[0]->isEnabled());
        QTest::mouseClick(buttons[2], Qt::LeftButton);
        QTest::mouseClick(buttons[1], Qt::LeftButton);
        QCOMPARE(use.count(), 2);
        QCOMPARE(use[0][0].toString(), QString());
        QCOMPARE(use[1][0].toString(), u"version-1"_s);
    }

    void aVersionOnTrialSaysHowItStandsAndIsTakenOrPutBack() {
        ui::VersionRow row;
        row.resize(900, 60);
        auto version = accepted(3);
        version.verdict = TasteVersion::Verdict::candidate;
        version.in_use = true;
        version.trial = ui::TrialStanding{7, 12, u"version-2"_s};
        row.setVersion(version);
        QVERIFY(ui_test::present(row));
        bool said = false;
        for (const auto* label : row.findChildren<QLabel*>()) said = said || label->text().contains(u"7 of 12 answer"_s);
        QVERIFY(said);
        QSignalSpy use(&row, &ui::VersionRow::useWanted);
        QTest::mouseClick(row.findChild<QPushButton*>(u"use_version"_s), Qt::LeftButton);
        auto* back = row.findChild<QPushButton*>(u"put_back"_s);
        QTest::mouseClick(back, Qt::LeftButton);
        QCOMPARE(use.count(), 2);
        QCOMPARE(use[0][0].toString(), u"version-3"_s);
        QCOMPARE(use[1][0].toString(), u"version-2"_s);
        row.setVersion(accepted(3));
        QVERIFY(!back->isVisible());
    }

    void aRefusedVersionSaysWhy() {
        ui::VersionRow row;
        auto version = accepted(3);
        version.verdict = TasteVersion::Verdict::rejected;
        version.reason = u"your ratings contradict each other"_s;
        row.setVersion(version);
        bool said = false;
        for (const auto* label : row.findChildren<QLabel*>()) said = said || label->text() == u"Your ratings contradict each other"_s;
        QVERIFY(said);
    }

    void aNoteIsToldOnceAndOnlyWhenItChanged() {
        ui::VersionRow row;
        row.setVersion(accepted(1));
        QVERIFY(ui_test::present(row));
        QSignalSpy edited(&row, &ui::VersionRow::noteEdited);
        auto* note = row.findChild<QLineEdit*>();
        note->setFocus();
        QTest::keyClicks(note, u"for the bakery"_s);
        QTest::keyClick(note, Qt::Key_Return);
        QTest::keyClick(note, Qt::Key_Return);
        QCOMPARE(edited.count(), 1);
        QCOMPARE(edited.first()[1].toString(), u"for the bakery"_s);
    }

    void learningStartsOnlyWhenItCan() {
        Page opened;
        TasteFacts facts;
        facts.training.start_hint = u"8 more ratings"_s;
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        QSignalSpy start(&opened.page.training(), &ui::TrainingCard::startWanted);
        QVERIFY(!opened.start()->isEnabled());
        facts.training.can_start = true;
        opened.page.setFacts(facts);
        QTest::mouseClick(opened.start(), Qt::LeftButton);
        QCOMPARE(start.count(), 1);
        // The keyboard stays with the card, so that the page does not scroll to whoever would come next.
        opened.start()->setFocus();
        facts.training.state = TrainingFacts::State::preparing;
        opened.page.setFacts(facts);
        QVERIFY(opened.pause()->hasFocus());
        facts.training.state = TrainingFacts::State::idle;
        opened.page.setFacts(facts);
        QVERIFY(opened.start()->hasFocus());
    }

    void aRunningJobIsPausedAndGoesOn() {
        Page opened;
        TasteFacts facts;
        facts.training.state = TrainingFacts::State::running;
        facts.training.fraction = 0.25;
        facts.training.losses = {1.0, 0.8, 0.7};
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        QVERIFY(!opened.start()->isVisible());
        QSignalSpy pause(&opened.page.training(), &ui::TrainingCard::pauseWanted);
        QSignalSpy resume(&opened.page.training(), &ui::TrainingCard::resumeWanted);
        QTest::mouseClick(opened.pause(), Qt::LeftButton);
        facts.training.state = TrainingFacts::State::paused;
        opened.page.setFacts(facts);
        QTest::mouseClick(opened.pause(), Qt::LeftButton);
        QCOMPARE(pause.count(), 1);
        QCOMPARE(resume.count(), 1);
    }

    void itReadsAsAPageInBothThemes() {
        Page opened;
        for (std::uint64_t seed = 5; seed <= 9; ++seed) opened.pictures.append(opened.studio.add(u"picture %1"_s.arg(seed), seed));
        TasteFacts facts;
        facts.profile = u"Mine"_s;
        facts.profiles = {u"Mine"_s};
        facts.stars = 48;
        facts.duels = 12;
        facts.speaks = true;
        facts.explained = 0.43;
        facts.traits = {{u"Warm colours"_s, 0.6, opened.pictures.mid(0, 3), opened.pictures.mid(3, 3)},
                        {u"Much empty ground"_s, 0.25, opened.pictures.mid(2, 3), opened.pictures.mid(5, 3)}};
        facts.taught = {{opened.pictures[0], opened.pictures[4]}, {opened.pictures[1], opened.pictures[5]}};
        auto newest = accepted(3);
        newest.in_use = true;
        auto refused = accepted(2);
        refused.verdict = TasteVersion::Verdict::rejected;
        facts.versions = {newest, refused, accepted(1), base()};
        facts.training.state = TrainingFacts::State::running;
        facts.training.fraction = 0.4;
        facts.training.remaining_ms = 200000;
        facts.training.losses = {1.0, 0.9, 0.92, 0.8, 0.75, 0.76, 0.7};
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        QTest::qWait(300);
        for (const auto theme : {app::Theme::light, app::Theme::dark}) {
            ui::applyTheme(*qApp, theme);
            ui_test::grab(opened.page, theme == app::Theme::light ? u"taste_light"_s : u"taste_dark"_s);
        }
        // Nothing is cut: every row stands inside the page.
        for (const auto* row : opened.page.findChildren<ui::VersionRow*>()) {
            for (const auto* part : row->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
                QVERIFY(!part->isVisible() || row->rect().contains(part->geometry()));
        }
    }

    void aSharedFileIsTakenFromADropAndOtherFilesAreNot() {
        Page opened;
        QVERIFY(ui_test::present(opened.page));
        QSignalSpy dropped(&opened.page, &ui::TastePage::fileDropped);
        const auto drop = [&](const QList<QUrl>& urls) {
            QMimeData data;
            data.setUrls(urls);
            QDragEnterEvent enter({40, 40}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            enter.ignore();
            QApplication::sendEvent(&opened.page, &enter);
            if (!enter.isAccepted()) return;
            QDropEvent event({40, 40}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(&opened.page, &event);
        };
        drop({QUrl::fromLocalFile(u"/home/me/picture.png"_s)});
        drop({QUrl(u"https://example.org/warm.safetensors"_s)});
        drop({QUrl::fromLocalFile(u"/home/me/a.safetensors"_s), QUrl::fromLocalFile(u"/home/me/b.safetensors"_s)});
        QCOMPARE(dropped.count(), 0);
        drop({QUrl::fromLocalFile(u"/home/me/warm.safetensors"_s)});
        QCOMPARE(dropped.count(), 1);
        QCOMPARE(dropped.first().first().toString(), u"/home/me/warm.safetensors"_s);
    }

    void anImportedVersionSaysThatNothingWasProvenHere() {
        ui::VersionRow row;
        auto version = accepted(3);
        version.verdict = TasteVersion::Verdict::imported;
        version.win_rate.reset();
        row.setVersion(version);
        QVERIFY(row.findChild<ui::WinRateBar*>()->isHidden());
        bool said = false;
        for (const auto* label : row.findChildren<QLabel*>()) said = said || label->text().contains(u"not proven here"_s);
        QVERIFY(said);
    }

    void theVersionInUseIsShownInPicturesAndAnotherCanBeChosen() {
        Page opened;
        TasteFacts facts;
        auto newest = accepted(2);
        newest.in_use = true;
        facts.versions = {accepted(3), newest, accepted(1), base()};
        QSignalSpy wanted(&opened.page.evidence(), &ui::VersionEvidence::picturesWanted);
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted.first().first().toString(), u"version-2"_s);
        auto* grid = opened.page.findChild<ui::PairGrid*>();
        QVERIFY(!grid->isVisible());
        QImage picture(96, 96, QImage::Format_RGB32);
        picture.fill(Qt::darkGreen);
        opened.page.evidence().setPairs(u"version-1"_s, {{u"a cup"_s, picture, picture}});
        QVERIFY2(!grid->isVisible(), "those of another version");
        opened.page.evidence().setPairs(u"version-2"_s, {{u"a cup"_s, picture, picture}, {u"a lamp"_s, picture, picture}});
        QVERIFY(grid->isVisible());
        QCOMPARE(grid->count(), 2);
        QVERIFY(grid->accessibleDescription().contains(u"a lamp"_s));
        auto* menu = opened.page.findChild<QToolButton*>(u"evidence_version"_s)->menu();
        QCOMPARE(menu->actions().size(), 3);
        menu->actions()[2]->trigger();
        QCOMPARE(wanted.count(), 2);
        QCOMPARE(opened.page.evidence().shownId(), u"version-1"_s);
        QVERIFY(!grid->isVisible());
        facts.stars = 3;
        opened.page.setFacts(facts);
        QCOMPARE(opened.page.evidence().shownId(), u"version-1"_s);
        facts.versions = {base()};
        opened.page.setFacts(facts);
        QVERIFY(!opened.page.evidence().isVisible());
    }

    void aSecondVersionIsMixedInTunedAndTakenOut() {
        Page opened;
        TasteFacts facts;
        auto newest = accepted(2);
        newest.in_use = true;
        facts.versions = {newest, accepted(1), base()};
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        QSignalSpy wanted(&opened.page, &ui::TastePage::mixWanted);
        auto* menu = opened.page.findChild<QToolButton*>(u"mix_with"_s)->menu();
        QCOMPARE(menu->actions().size(), 1);
        menu->actions()[0]->trigger();
        QCOMPARE(wanted.first()[0].toString(), u"version-1"_s);
        QVERIFY(wanted.first()[1].toInt() > 0);
        facts.mix = {u"version-1"_s, 50};
        opened.page.setFacts(facts);
        auto* slider = opened.page.findChild<QSlider*>(u"mix_strength"_s);
        QVERIFY(slider->isVisible());
        QCOMPARE(slider->value(), 50);
        QCOMPARE(wanted.count(), 1);
        slider->setFocus();
        QTest::keyClick(slider, Qt::Key_Right);
        QCOMPARE(wanted.count(), 2);
        QCOMPARE(wanted[1][0].toString(), u"version-1"_s);
        QCOMPARE(wanted[1][1].toInt(), 55);
        QTest::mouseClick(opened.page.findChild<QToolButton*>(u"mix_take_out"_s), Qt::LeftButton);
        QCOMPARE(wanted[2][0].toString(), QString());
        // Drawing with the model as it came there is nothing to mix into.
        facts.mix = {};
        facts.versions[0].in_use = false;
        facts.versions[2].in_use = true;
        opened.page.setFacts(facts);
        QVERIFY(!opened.page.findChild<QToolButton*>(u"mix_with"_s)->isVisible());
    }

    void onTheBatteryItSaysWhyItWaits() {
        Page opened;
        TasteFacts facts;
        facts.training.state = TrainingFacts::State::on_battery;
        facts.training.fraction = 0.4;
        opened.page.setFacts(facts);
        QVERIFY(ui_test::present(opened.page));
        QVERIFY(opened.page.training().accessibleDescription().contains(u"plugged in"_s));
        QSignalSpy chosen(&opened.page, &ui::TastePage::batteryChosen);
        for (auto* action : opened.page.findChild<QToolButton*>(u"taste_more"_s)->menu()->actions()) {
            if (action->isCheckable()) action->trigger();
        }
        QCOMPARE(chosen.count(), 1);
        QVERIFY(chosen.first().first().toBool());
    }

    void theProfileMenuOffersEveryProfile() {
        Page opened;
        TasteFacts facts;
        facts.profile = u"Mine"_s;
        facts.profiles = {u"Mine"_s, u"The bakery"_s};
        opened.page.setFacts(facts);
        QSignalSpy chosen(&opened.page, &ui::TastePage::profileChosen);
        auto* menu = opened.page.findChild<QToolButton*>(u"profile_menu"_s)->menu();
        QCOMPARE(menu->actions().size(), 4);
        QVERIFY(menu->actions()[0]->isChecked());
        menu->actions()[1]->trigger();
        QCOMPARE(chosen.first().first().toString(), u"The bakery"_s);
    }
};

UI_TEST(taste, TasteTest);
#include "taste_test.moc"
