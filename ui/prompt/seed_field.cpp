// SPDX-License-Identifier: Apache-2.0
#include "ui/prompt/seed_field.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QRandomGenerator>
#include <limits>

#include "ui/theme/theme.h"

namespace ui {

std::uint64_t randomSeed() { return QRandomGenerator::global()->generate(); }

SeedSpinBox::SeedSpinBox(QWidget* parent) : QAbstractSpinBox(parent) {
    setButtonSymbols(NoButtons);
    setFocusPolicy(Qt::StrongFocus);
    setContextMenuPolicy(Qt::NoContextMenu);
    lineEdit()->setText(QStringLiteral("0"));
    connect(lineEdit(), &QLineEdit::textEdited, this, [this](const QString& text) {
        bool valid = false;
        const quint64 typed = text.toULongLong(&valid);
        if (!valid || typed == seed_) return;
        seed_ = typed;
        Q_EMIT edited(seed_);
    });
    // The line edit's own signal does not come for a text that is not a seed.
    connect(this, &QAbstractSpinBox::editingFinished, this, &SeedSpinBox::commit);
}

void SeedSpinBox::setSeed(std::uint64_t seed) {
    seed_ = seed;
    lineEdit()->setText(QString::number(seed));
    lineEdit()->setCursorPosition(0);
}

void SeedSpinBox::commit() {
    // What could not be read (nothing, or more than 64 bits) goes back to the last seed.
    if (lineEdit()->text() != QString::number(seed_)) setSeed(seed_);
}

void SeedSpinBox::stepBy(int steps) {
    constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
    const auto distance = static_cast<std::uint64_t>(std::abs(steps));
    std::uint64_t next = seed_;
    if (steps > 0) next = largest - seed_ < distance ? largest : seed_ + distance;
    else next = seed_ < distance ? 0 : seed_ - distance;
    if (next == seed_) return;
    setSeed(next);
    Q_EMIT edited(seed_);
}

QValidator::State SeedSpinBox::validate(QString& text, int&) const {
    if (text.isEmpty()) return QValidator::Intermediate;
    for (const QChar c : std::as_const(text))
        if (c < QLatin1Char('0') || c > QLatin1Char('9')) return QValidator::Invalid;
    bool fits = false;
    text.toULongLong(&fits);
    return fits ? QValidator::Acceptable : QValidator::Invalid;
}

void SeedSpinBox::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        commit();
        clearFocus();
        event->accept();
        return;
    }
    QAbstractSpinBox::keyPressEvent(event);
    if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Enter) return;
    commit();
    event->setAccepted(!(event->modifiers() & Qt::ControlModifier));
}

SeedField::SeedField(QWidget* parent) : QWidget(parent) {
    number_ = new SeedSpinBox(this);
    number_->setObjectName(QStringLiteral("seed"));
    lock_ = new FlatButton(this);
    lock_->setCheckable(true);
    lock_->setObjectName(QStringLiteral("seed_lock"));
    dice_ = new FlatButton("dices", {}, this);
    dice_->setObjectName(QStringLiteral("seed_dice"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::space_xs);
    row->addWidget(number_, 1);
    row->addWidget(lock_);
    row->addWidget(dice_);

    connect(number_, &SeedSpinBox::edited, this, [this] {
        setLocked(true);  // whoever types a seed wants that seed
        Q_EMIT edited();
    });
    connect(lock_, &QToolButton::toggled, this, [this] {
        showLock();
        Q_EMIT edited();
    });
    connect(dice_, &QToolButton::clicked, this, [this] {
        number_->setSeed(randomSeed());
        Q_EMIT edited();
    });
    retranslate();
}

std::uint64_t SeedField::seed() const { return number_->seed(); }
void SeedField::setSeed(std::uint64_t seed) { number_->setSeed(seed); }
bool SeedField::isLocked() const { return lock_->isChecked(); }

void SeedField::setLocked(bool locked) {
    const QSignalBlocker quiet(lock_);
    lock_->setChecked(locked);
    showLock();
}

void SeedField::commit() { number_->commit(); }

void SeedField::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void SeedField::showLock() {
    lock_->setIconName(lock_->isChecked() ? "lock" : "lock-open");
    lock_->setToolTip(lock_->isChecked() ? tr("Locked: every Generate starts from this seed") : tr("Not locked: every Generate draws a new seed"));
    lock_->setAccessibleDescription(lock_->toolTip());
}

void SeedField::retranslate() {
    number_->setAccessibleName(tr("Seed"));
    number_->setToolTip(tr("The number a picture starts from. The same seed with the same settings gives the same picture.\n"
                           "0 to 18,446,744,073,709,551,615."));
    lock_->setAccessibleName(tr("Lock the seed"));
    dice_->setName(tr("Roll a new seed"));
    showLock();
}

}  // namespace ui
