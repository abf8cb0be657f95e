// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>
#include <QStringList>

class QLineEdit;

namespace ui {

/// Before pictures of the user's own enter the library: how many, and what they show, if somebody likes to say it.
class AddPicturesDialog final : public QDialog {
    Q_OBJECT
public:
    explicit AddPicturesDialog(const QStringList& files, QWidget* parent = nullptr);

    const QStringList& files() const { return files_; }
    QString prompt() const;

private:
    QStringList files_;
    QLineEdit* prompt_;
};

}  // namespace ui
