// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/taste_service.h"
#include "tests/ui/gestures.h"
#include "tests/ui/grabs.h"
#include "tests/ui/studio.h"
#include "tests/ui/ui_test.h"
#include "ui/duel/duel_button.h"
#include "ui/duel/duel_session.h"
#include "ui/duel/duel_view.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using ui::DuelAnswer;
using ui::DuelBoard;
using ui::DuelPair;

namespace {

/// The view with a pair of wide pictures, and what it was told.
class Duel final {
public:
    Duel() : view(studio->library()) {
        view.resize(1000, 700);
        QObject::connect(&view, &ui::DuelView::answered, &view, [this](DuelPair pair, DuelAnswer answer) {
            pairs.push_back(pair);
            answers.push_back(answer);
        });
    }

    DuelPair addPair(const QString& prompt = u"a red fish"_s) {
        const auto left = studio.add(prompt, ++seed_);
        return {left, studio.add(prompt, ++seed_)};
    }
    bool show(DuelPair pair) {
        view.showPair(pair);
        return ui_test::present(view) && QTest::qWaitFor([this] { return isSeen(); });
    }
    bool isSeen() const { return !board().picture(DuelBoard::left).image.isNull() && !board().picture(DuelBoard::right).image.isNull(); }
    DuelBoard& board() const { return *view.findChild<DuelBoard*>(); }
    QList<ui::DuelButton*> buttons() const { return view.findChildren<ui::DuelButton*>(); }
    QPoint middleOf(DuelBoard::Side side) const { return board().pictureArea(side).center(); }

    ui_test::Studio studio;
    ui::DuelView view;
    std::vector<DuelPair> pairs;
    std::vector<DuelAnswer> answers;

private:
    std::uint64_t seed_ = 0;
};

}  // namespace

class DuelTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anArrowKeyAnswers_data() {
        QTest::addColumn<int>("key");
        QTest::addColumn<int>("answer");
        QTest::addRow("left") << int(Qt::Key_Left) << int(DuelAnswer::left);
        QTest::addRow("right") << int(Qt::Key_Right) << int(DuelAnswer::right);
        QTest::addRow("equal") << int(Qt::Key_Down) << int(DuelAnswer::equal);
        QTest::addRow("skip") << int(Qt::Key_Up) << int(DuelAnswer::skip);
    }
    void anArrowKeyAnswers() {
        QFETCH(int, key);
        QFETCH(int, answer);
        Duel duel;
        const DuelPair pair = duel.addPair();
        QVERIFY(duel.show(pair));
        QTest::keyClick(&duel.view, static_cast<Qt::Key>(key));
        QCOMPARE(duel.answers, std::vector{static_cast<DuelAnswer>(answer)});
        QVERIFY(duel.pairs.front() == pair);
    }

    void aHeldKeyIsOneAnswer() {
        Duel duel;
        QVERIFY(duel.show(duel.addPair()));
        QTest::keyClick(&duel.view, Qt::Key_Left);
        QKeyEvent repeated(QEvent::KeyPress, Qt::Key_Left, Qt::NoModifier, {}, true);
        QApplication::sendEvent(&duel.view, &repeated);
        QCOMPARE(duel.answers.size(), size_t{1});
    }

    void keysWithModifiersBelongToTheWindow() {
        Duel duel;
        QVERIFY(duel.show(duel.addPair()));
        QTest::keyClick(&duel.view, Qt::Key_Left, Qt::ControlModifier);
        QVERIFY(duel.answers.empty());
    }

    void aClickOnAPictureChoosesIt() {
        Duel duel;
        QVERIFY(duel.show(duel.addPair()));
        QTest::mouseClick(&duel.board(), Qt::LeftButton, {}, duel.middleOf(DuelBoard::right));
        QTest::mouseClick(&duel.board(), Qt::LeftButton, {}, duel.middleOf(DuelBoard::left));
        QCOMPARE(duel.answers, (std::vector{DuelAnswer::right, DuelAnswer::left}));
    }

    void aPressThatSlidesToTheOtherPictureChoosesNothing() {
        Duel duel;
        QVERIFY(duel.show(duel.addPair()));
        ui_test::drag(duel.board(), duel.middleOf(DuelBoard::left), duel.middleOf(DuelBoard::right));
        QTest::mouseClick(&duel.board(), Qt::RightButton, {}, duel.middleOf(DuelBoard::left));
        QVERIFY(duel.answers.empty());
    }

    void eachButtonSaysItsAnswer() {
        Duel duel;
        QVERIFY(duel.show(duel.addPair()));
        for (auto* button : duel.buttons()) QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(duel.answers, (std::vector{DuelAnswer::left, DuelAnswer::right, DuelAnswer::equal, DuelAnswer::skip}));
        for (auto* button : duel.buttons()) QVERIFY(!button->accessibleName().isEmpty());
    }

    void thePicturesAreEquallyLargeAndSideBySide() {
        Duel duel;
        QVERIFY(duel.show(duel.addPair()));
        ui_test::grab(duel.view, u"duel"_s);
        const QRect left = duel.board().pictureArea(DuelBoard::left);
        const QRect right = duel.board().pictureArea(DuelBoard::right);
        QCOMPARE(left.size(), right.size());
        QVERIFY(left.right() < right.left());
        QCOMPARE(left.top(), right.top());
    }

    void whatCannotBeSeenCanOnlyBeSkipped() {
        Duel duel;
        const DuelPair pair{duel.studio.add(u"whole"_s), duel.studio.addBroken(u"broken"_s, "not a picture")};
        duel.view.showPair(pair);
        QVERIFY(ui_test::present(duel.view));
        QTRY_VERIFY(!duel.board().picture(DuelBoard::right).problem.isEmpty());
        QTest::keyClick(&duel.view, Qt::Key_Left);
        QTest::keyClick(&duel.view, Qt::Key_Down);
        QVERIFY(duel.answers.empty());
        QTest::keyClick(&duel.view, Qt::Key_Up);
        QCOMPARE(duel.answers, std::vector{DuelAnswer::skip});
    }

    void aPictureThatWasDeletedMeanwhileIsSaid() {
        Duel duel;
        const DuelPair pair = duel.addPair();
        tests::must(duel.studio->library().moveToTrash({pair.left}));
        duel.view.showPair(pair);
        QVERIFY(duel.board().picture(DuelBoard::left).problem.contains(u"no longer in the library"_s));
    }

    void withoutAPairItSaysWhereOneComesFrom() {
        Duel duel;
        QVERIFY(ui_test::present(duel.view));
        QTest::keyClick(&duel.view, Qt::Key_Left);
        QVERIFY(duel.answers.empty());
        QVERIFY(!duel.board().isVisible());
    }

    void theNextPairIsReadyWhenItsTurnComes() {
        Duel duel;
        const DuelPair first = duel.addPair();
        const DuelPair second = duel.addPair(u"a blue bird"_s);
        duel.view.showPair(first, second);
        QVERIFY(ui_test::present(duel.view));
        QTRY_VERIFY(duel.isSeen());
        QTest::qWait(300);
        duel.view.showPair(second);
        QVERIFY2(duel.isSeen(), "shown at once, from memory");
    }

    void aSittingAsksStoresAndTakesBack() {
        Duel duel;
        for (int i = 0; i < 2; ++i) duel.addPair();
        ui::DuelSession session(duel.studio->taste(), duel.view);
        session.begin();
        QVERIFY(ui_test::present(duel.view));
        QTRY_VERIFY(duel.isSeen());
        const DuelPair first = *duel.view.pair();
        QTest::keyClick(&duel.view, Qt::Key_Left);
        QCOMPARE(duel.studio->taste().knowledge().duels, 1);
        QCOMPARE(session.answered(), 1);
        QVERIFY(duel.view.pair() && !(*duel.view.pair() == first));
        QTest::keyClick(&duel.view, Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(duel.studio->taste().knowledge().duels, 0);
        QVERIFY2(*duel.view.pair() == first, "what was taken back is asked again");
        QCOMPARE(session.answered(), 0);
    }

    void itEndsWhereEveryPairIsAnswered() {
        Duel duel;
        duel.addPair();
        ui::DuelSession session(duel.studio->taste(), duel.view);
        session.begin();
        QVERIFY(ui_test::present(duel.view));
        QTRY_VERIFY(duel.isSeen());
        QTest::keyClick(&duel.view, Qt::Key_Down);
        QVERIFY(!duel.view.pair());
        QVERIFY(!duel.board().isVisible());
    }

    void theCountAndTheUndoFollow() {
        Duel duel;
        QVERIFY(duel.show(duel.addPair()));
        duel.view.setAnswered(12);
        duel.view.setGoal(u"8 more until it can learn"_s);
        QVERIFY(duel.view.findChild<QLabel*>(u"duel_count"_s)->text().contains(u"12"_s));
        QVERIFY(duel.view.findChild<QLabel*>(u"duel_count"_s)->text().contains(u"8 more"_s));
        QSignalSpy undo(&duel.view, &ui::DuelView::undoWanted);
        auto* button = duel.view.findChild<QAbstractButton*>(u"duel_undo"_s);
        QVERIFY(!button->isEnabled());
        duel.view.setUndoEnabled(true);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(undo.count(), 1);
    }
};

UI_TEST(duel, DuelTest);
#include "duel_test.moc"
